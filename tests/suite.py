"""Runs the suite in parts, each with a time budget, and closes with one line of figures."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Part:
    """Folders that are run together and the seconds that they may take."""

    name: str
    folders: tuple[str, ...]
    budget: int

    def present(self) -> list[str]:
        """Those of its folders that hold tests."""
        kept = (f"tests/{folder}" for folder in self.folders)
        return [folder for folder in kept if any((ROOT / folder).rglob("test_*.py"))]


@dataclass
class Result:
    """What one part gave."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    proven: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


PARTS = (
    Part("unit", ("unit", "properties", "contracts", "architecture"), 2 * 60),
    Part("sync", ("sync",), 3 * 60),
    Part("database", ("database",), 3 * 60),
    Part("windows", ("gui",), 3 * 60),
    Part("face", ("face",), 4 * 60),
    Part("server", ("server",), 140),
    Part("end-to-end", ("e2e",), 220),
)


def main(argv: list[str]) -> int:
    """``[part ...] [-- arguments for pytest]``; without names all parts run."""
    cut = argv.index("--") if "--" in argv else len(argv)
    names, extra = argv[:cut], argv[cut + 1 :]
    unknown = set(names) - {part.name for part in PARTS}
    if unknown:
        print(f"no part named {', '.join(sorted(unknown))}; there are: {', '.join(p.name for p in PARTS)}")
        return 2
    results = {part: run(part, extra) for part in PARTS if not names or part.name in names}
    return close(results)


def run(part: Part, extra: list[str]) -> Result:
    """One part by pytest, two workers, random order."""
    folders = part.present()
    if not folders:
        return Result()
    print(f"\n=== {part.name} (budget {part.budget} s)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *folders,
            "-n",
            "2",
            "--dist=worksteal",
            "--rules-out",
            str(out),
            *extra,
        ]
        begun = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        seconds = time.monotonic() - begun
        told = json.loads(out.read_text("utf-8")) if out.exists() else {}
    result = Result(
        passed=told.get("passed", 0),
        failed=told.get("failed", 0),
        skipped=told.get("skipped", 0),
        seconds=seconds,
        proven=set(told.get("proven", ())),
        broken=set(told.get("broken", ())),
    )
    if code not in (0, NOTHING_COLLECTED) and not result.failed:
        result.failed = 1
    return result


def close(results: dict[Part, Result]) -> int:
    """Print a line for each part, the proven rules and the closing line; 0 only if all is well."""
    print()
    late = [part for part, result in results.items() if result.seconds > part.budget]
    for part, result in results.items():
        print(line(part, result))
    total = list(results.values())
    proven = set().union(*(r.proven for r in total)) - set().union(*(r.broken for r in total))
    print(f"rules proven ({len(proven)}): {' '.join(sorted(proven, key=order))}".rstrip())
    passed, failed, skipped = (
        sum(getattr(r, name) for r in total) for name in ("passed", "failed", "skipped")
    )
    if late:
        print(f"over budget: {', '.join(part.name for part in late)}")
    if passed + failed == 0:
        print("no test ran")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or late or not passed else 0


def line(part: Part, result: Result) -> str:
    """One part's figures."""
    if result.passed + result.failed + result.skipped == 0:
        return f"{part.name:<11} empty"
    figures = f"{result.passed:>5} passed {result.failed:>3} failed {result.skipped:>3} skipped"
    return f"{part.name:<11} {figures}  {result.seconds:6.1f} s of {part.budget} s"


def order(rule: str) -> tuple[str, int]:
    """S-9 comes before S-10."""
    letter, number = rule.split("-")
    return letter, int(number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
