"""The demo's hand at a program: tells the robot in it what to press and type, and what it expects to see."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from demo.programs import Programs


class Unseen(Exception):
    """What a person should have seen or could have pressed was not there."""


class Hand:
    """One program with a robot in it."""

    def __init__(
        self,
        programs: Programs,
        name: str,
        program: str,
        arguments: Sequence[str],
        more: Mapping[str, str] | None = None,
        *,
        shown: bool = False,
    ) -> None:
        """``name`` is for the log; the windows stay off the screen unless somebody is to see them."""
        self._programs, self._name = programs, name
        screen = {} if shown else {"QT_QPA_PLATFORM": "offscreen"}
        self.process: subprocess.Popen[bytes] = programs.start(
            name, ("demo.robot", program, *arguments), screen | dict(more or {}), piped=True
        )

    def press(self, what: str, *, twice: bool = False, seconds: float = 20.0) -> None:
        """Presses what has this object name or text, as soon as it can be pressed."""
        self._tell("press", seconds, what=what, twice=twice)

    def type(self, what: str, text: str) -> None:
        """Types into a field in place of what stands there."""
        self._tell("type", 20.0, what=what, text=text)

    def see(self, *wanted: str, seconds: float = 20.0) -> list[str]:
        """Waits until all of these texts are shown; gives everything that can be read then."""
        found: list[str] = self._tell("see", seconds, texts=list(wanted))["texts"]
        return found

    def gone(self, text: str, *, seconds: float = 20.0) -> None:
        """Waits until a text is shown no more."""
        self._tell("gone", seconds, text=text)

    def read(self, what: str) -> str:
        """The text of a named widget."""
        return str(self._tell("read", 20.0, what=what)["text"])

    def shot(self, file: Path) -> None:
        """Takes a picture of the window in front."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._tell("shot", 10.0, path=str(file))

    def close(self) -> None:
        """Ends the program."""
        self._programs.end(self.process)

    def _tell(self, action: str, seconds: float, **more: Any) -> dict[str, Any]:
        pipe_in, pipe_out = self.process.stdin, self.process.stdout
        if pipe_in is None or pipe_out is None:
            raise Unseen(f"{self._name}：程序没有接上")
        order = {"do": action, "seconds": seconds, **more}
        pipe_in.write(json.dumps(order, ensure_ascii=False).encode() + b"\n")
        pipe_in.flush()
        line = pipe_out.readline()
        if not line:
            raise Unseen(f"{self._name}：程序已退出（{self.process.wait()}），请查看日志 {self._name}.log")
        answer: dict[str, Any] = json.loads(line)
        if not answer["ok"]:
            wanted = " ".join(str(value) for value in more.values())
            raise Unseen(
                f"{self._name}：{action} {wanted}：没有等到；屏幕上是：{' | '.join(answer['texts'])}"
            )
        return answer
