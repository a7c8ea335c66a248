"""Recorded photos and clips lie outside the repository, where ``ZHIYE_TEST_DATA`` says."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

VARIABLE = "ZHIYE_TEST_DATA"


def skip_or_fail(reason: str, *, strict: bool) -> NoReturn:
    """A missing means skips the test and says so; where all means are promised it is an error."""
    if strict or os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of recordings."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        skip_or_fail(f"{VARIABLE} names no folder of recordings", strict=False)
    if not Path(folder).is_dir():
        pytest.fail(f"{VARIABLE} names a folder that is not there", pytrace=False)
    return Path(folder)


@pytest.fixture(scope="session")
def data_file(test_data: Path) -> Callable[[str], Path]:
    """A recording by its path inside the folder; a missing one is an error."""

    def find(name: str) -> Path:
        path = test_data / name
        if not path.exists():
            pytest.fail(f"{name} is missing in the folder of recordings", pytrace=False)
        return path

    return find
