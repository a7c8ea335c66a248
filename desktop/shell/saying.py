"""An error as one readable line: sentence, what exactly is wrong, what to do, each ended by its own stop."""

from core.qt.errors import explain

_STOPS = "。！？…"


def said(error: BaseException) -> str:
    """What the user reads."""
    explanation = explain(error)
    first, *faults = explanation.sentence.split("\n")
    sentence = f"{first}：{'；'.join(faults)}" if faults else first
    return " ".join(_stopped(part) for part in (sentence, explanation.hint) if part).replace("。 ", "。")


def _stopped(part: str) -> str:
    return part if part.endswith(tuple(_STOPS)) else part + "。"
