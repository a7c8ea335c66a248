"""Packages that only some engines need: imported when asked for, without a trace in the program's environment."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from core.errors import DomainError

_LIBRARY_PATH = "LD_LIBRARY_PATH"


@contextmanager
def same_library_path() -> Iterator[None]:
    """Undoes what an import does to the library path: every child process would inherit a path into a package."""
    before = os.environ.get(_LIBRARY_PATH)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_LIBRARY_PATH, None)
        else:
            os.environ[_LIBRARY_PATH] = before


def extra(module: str, name: str) -> ModuleType:
    """A module of the extra ``name``; where it is missing or does not run here, a sentence says so."""
    try:
        with same_library_path():
            return importlib.import_module(module)
    except ImportError as error:
        raise unusable(name) from error


def unusable(name: str) -> DomainError:
    """What is told where an extra's package is missing or lacks something of the system."""
    return DomainError(
        "face.extra_missing",
        f"本机未安装人脸组件 {name}，或缺少它需要的系统库。",
        f"请安装程序的附加组件 {name}（Debian 上另装 libgles2）后重新启动，或在设置中改回默认引擎；数据不受影响。",
    )
