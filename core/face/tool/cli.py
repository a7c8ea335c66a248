"""The command line: reads what is asked, runs it, prints it; trouble is a sentence and a hint on standard error."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from core.errors import BadInput, DomainError, Refused
from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.tool import calibration, identification, liveness, people, timing, verification
from core.face.tool.options import parser
from core.face.tool.report import INTERRUPTED, MISUSE, NO, Report


def run() -> None:
    """What the installed command starts."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A console that knows no Chinese shows it badly, and nothing ends because of that.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Does what is asked and gives the exit code."""
    told = parser().parse_args(argv)
    try:
        report = _COMMANDS[told.command](told)
    except DomainError as error:
        return _trouble(error, told.json)
    except KeyboardInterrupt:
        return INTERRUPTED
    _print(_json(report.document()) if told.json else report.text())
    return report.code


def _print(text: str) -> None:
    """On standard output; who closes it, as ``head`` does, has read enough."""
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the end of Python would try again


def _trouble(error: DomainError, as_json: bool) -> int:
    code = NO if isinstance(error, Refused) else MISUSE
    print(f"{error.sentence}\n{error.hint}", file=sys.stderr)  # noqa: T201
    if as_json:
        words = {"code": error.code, "sentence": error.sentence, "hint": error.hint}
        _print(_json({"error": words, "exit": code}))
    return code


def _json(document: dict[str, Any]) -> str:
    # NaN is no JSON: whatever is not known is null before it comes here.
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _enrol(told: argparse.Namespace) -> Report:
    return people.enrol(_engine(told)(), told.photos, told.out)


def _verify(told: argparse.Namespace) -> Report:
    return people.verify(_engine(told)(), told.first, told.second)


def _identify(told: argparse.Namespace) -> Report:
    return people.identify(_engine(told)(), told.photo, told.gallery)


def _calibrate(told: argparse.Namespace) -> Report:
    return calibration.calibrate(
        told.table, _root(told), _engine(told, calibrating=True), told.jobs, out=told.out, seed=told.seed
    )


def _bench(told: argparse.Namespace) -> Report:
    return timing.bench(told.photo, _engine(told))


def _eval(told: argparse.Namespace) -> Report:
    return verification.evaluate(told.table, _root(told), _engine(told), told.jobs)


def _identification(told: argparse.Namespace) -> Report:
    return identification.evaluate(
        told.table, _root(told), _engine(told), told.jobs, candidates=told.candidates, seed=told.seed
    )


def _liveness(told: argparse.Namespace) -> Report:
    asked = liveness.Asked(told.challenge, told.trials, told.seed)
    return liveness.judge(told.clips, asked, _engine(told), told.jobs)


def _engine(told: argparse.Namespace, *, calibrating: bool = False) -> Callable[[], FaceEngine]:
    """Opens what was chosen, in this process or in another."""
    choice = EngineChoice(told.face_pack, told.landmarks, getattr(told, "passive", None), calibrating)
    choice.require_files()
    return partial(FaceEngine.open, choice)


def _root(told: argparse.Namespace) -> Path:
    root: Path = told.root or told.table.parent
    if not root.is_dir():
        raise BadInput("face.root_absent", f"文件夹 {root} 不存在。", "请用 --root 指定照片所在文件夹。")
    return root


_COMMANDS: dict[str, Callable[[argparse.Namespace], Report]] = {
    "enrol": _enrol,
    "verify": _verify,
    "identify": _identify,
    "eval": _eval,
    "eval-identification": _identification,
    "liveness": _liveness,
    "calibrate": _calibrate,
    "bench": _bench,
}
