"""Logs as events with ids, one JSON object a line, for every program: no names, no texts of people, no tokens."""

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

_FILE_BYTES, _FILES = 1_000_000, 3


def frames_only(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replaces an exception by its kind and places: its message may carry what somebody typed."""
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    if isinstance(told, BaseException):
        told = (type(told), told, told.__traceback__)
    if isinstance(told, tuple) and told[0] is not None:
        frames = traceback.extract_tb(told[2])
        event["exception"] = told[0].__name__
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    return event


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    frames_only,
]


def configure() -> None:
    """Hands structlog's events to the standard library, where whoever runs the server decides what becomes of them."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def set_up(level: int = logging.INFO, file: Path | None = None) -> None:
    """Writes every event and every library's record to a file that never grows large, or to standard error."""
    configure()
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        handler = RotatingFileHandler(file, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=[remove, render], foreign_pre_chain=_SHARED)
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
