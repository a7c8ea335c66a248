"""Runs one bench by its file name, or all of them."""

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path

Bench = Callable[[list[str]], int]


def names() -> list[str]:
    """Every module of this package whose name has no underscore in front is a bench."""
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(module.name for module in found if not module.name.startswith("_"))


def load(name: str) -> Bench:
    """A bench module's ``main(argv) -> int``, which prints its figures and gives 0 if they are as promised."""
    bench: Bench = importlib.import_module(f"bench.{name}").main
    return bench


def main(argv: list[str]) -> int:
    """``[name [arguments]]``; without a name all benches run, and one that misses its figure fails the run."""
    known = names()
    if argv and argv[0] not in known:
        print(f"no bench named {argv[0]}; there are: {', '.join(known) or 'none yet'}")
        return 2
    chosen = [argv[0]] if argv else known
    worst = 0
    for name in chosen:
        print(f"== {name}", flush=True)
        worst = max(worst, load(name)(argv[1:]))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
