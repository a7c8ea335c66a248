"""A camera of moods before a real check-in: the pipeline makes of its frames what the engine can judge."""

import itertools
import time
from typing import Any

import numpy as np
import pytest

from core.camera.pipeline import CameraPipeline
from core.clock import SystemClock
from core.face.checkin import Progress, Refusal
from core.face.fake import fake_engine, fake_picture, fake_portrait
from core.face.types import Candidate, Image

ENGINE = fake_engine()
TEAM = [Candidate("li", (ENGINE.enrol(fake_portrait("li")).template,))]


def _colour(picture: Image) -> Any:
    return picture


def _grey(picture: Image) -> Any:
    return picture[:, :, 0].copy()


def _clear(picture: Image) -> Any:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def _deep(picture: Image) -> Any:
    return picture.astype(np.uint16) << 8


def _nothing(picture: Image) -> Any:
    return np.zeros((0, 640, 3), np.uint8)


def _nan(picture: Image) -> Any:
    return np.full(picture.shape, np.nan)


MOODS = [_colour, _grey, _nothing, _clear, _nan, _deep]


class _Moody:
    """Another form with every frame; ``sizes`` are taken in turn."""

    def __init__(self, *sizes: tuple[int, int]) -> None:
        self._moods, self._sizes, self._number = itertools.cycle(MOODS), itertools.cycle(sizes), 0

    def open(self) -> None:
        """Nothing to open."""

    def read(self) -> Any:
        """The next frame, 100 of them in a second."""
        time.sleep(0.01)
        self._number += 1
        return next(self._moods)(fake_picture("li", moment=self._number, size=next(self._sizes)))

    def close(self) -> None:
        """Nothing to close."""


def _looked(camera: CameraPipeline, seconds: float) -> Progress:
    """Feeds the newest frames until the challenge has begun, and on until there is an outcome or the time is over."""
    check, end, progress = ENGINE.check_in(TEAM), time.monotonic() + seconds, Progress("")
    camera.open()
    while progress.outcome is None and not (progress.steps and time.monotonic() > end):
        assert time.monotonic() < end + 10, "no challenge began"
        frame = camera.newest()
        if frame is not None:
            progress = check.feed(frame.image, frame.t)
        time.sleep(0.002)
    camera.close()
    return progress


def test_frames_of_every_form_lead_into_the_challenge() -> None:
    progress = _looked(CameraPipeline(_Moody((640, 480)), SystemClock()), 0.3)
    assert progress.steps == 3 and progress.outcome is None and progress.box is not None


@pytest.mark.parametrize("other", [(480, 640), (1280, 960)])
def test_frames_that_change_their_size_end_it_in_a_sentence(other: tuple[int, int]) -> None:
    outcome = _looked(CameraPipeline(_Moody((640, 480), other), SystemClock()), 5).outcome
    assert isinstance(outcome, Refusal) and outcome.code == "gap"
    assert outcome.sentence and outcome.hint
