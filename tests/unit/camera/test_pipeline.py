"""One worker, the newest frame, and a lost camera that is told."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.camera.fitting import LONGEST, fitted
from core.camera.pipeline import CameraPipeline
from core.camera.source import Picture
from core.clock import SystemClock
from core.errors import DomainError, Unreachable
from tests.fakes.clock import FakeClock

LOST = Unreachable("camera.lost", "摄像头连接中断")


class Source:
    """Gives a picture whenever the test lets it."""

    def __init__(self) -> None:
        self.allowed = threading.Semaphore(0)
        self.fails: DomainError | None = None
        self.opened = self.closed = self.given = 0
        self.threads: set[int] = set()

    def open(self) -> None:
        """Counts."""
        self.opened += 1
        self.threads.add(threading.get_ident())
        if self.fails is not None:
            raise self.fails

    def read(self) -> Picture | None:
        """Waits for the test, but not for ever."""
        self.threads.add(threading.get_ident())
        if not self.allowed.acquire(timeout=0.05):
            return np.zeros((2, 2, 3), dtype=np.uint8)
        if self.fails is not None:
            raise self.fails
        self.given += 1
        return np.full((2, 2, 3), self.given, dtype=np.uint8)

    def close(self) -> None:
        """Counts."""
        self.closed += 1


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_only_the_newest_frame_is_kept_and_numbers_grow() -> None:
    source = Source()
    camera = CameraPipeline(source, SystemClock())
    camera.open()
    source.allowed.release(50)
    _until(lambda: source.given == 50)
    _until(lambda: (frame := camera.newest()) is not None and frame.index >= 50)
    frame = camera.newest()
    assert frame is not None and frame.t <= time.monotonic()
    camera.close()


def test_one_thread_owns_the_camera_and_ends_with_it() -> None:
    source = Source()
    camera = CameraPipeline(source, SystemClock())
    camera.open()
    camera.open()
    _until(lambda: camera.newest() is not None)
    camera.close()
    camera.close()
    assert source.opened == source.closed == 1
    assert len(source.threads) == 1 and threading.get_ident() not in source.threads
    assert not [thread for thread in threading.enumerate() if thread.name == "camera"]
    assert camera.newest() is None


def test_a_camera_that_is_not_there_is_told_where_it_is_opened() -> None:
    source = Source()
    source.fails = Unreachable("camera.absent", "没有找到摄像头")
    with pytest.raises(Unreachable, match=r"camera\.absent"):
        CameraPipeline(source, SystemClock()).open()
    assert source.closed == 1


def test_a_lost_camera_shows_no_old_picture_and_can_be_opened_anew() -> None:
    source = Source()
    camera = CameraPipeline(source, SystemClock())
    camera.open()
    _until(lambda: camera.newest() is not None)
    source.fails = LOST
    source.allowed.release()
    _until(lambda: camera.error is LOST)
    assert camera.newest() is None
    source.fails = None
    camera.open()
    _until(lambda: camera.newest() is not None)
    assert camera.error is None
    camera.close()
    assert source.opened == source.closed == 2


def test_frames_carry_the_time_at_which_they_came() -> None:
    source = Source()
    camera = CameraPipeline(source, SystemClock())
    before = time.monotonic()
    camera.open()
    _until(lambda: camera.newest() is not None)
    frame = camera.newest()
    assert frame is not None and before <= frame.t <= time.monotonic()
    camera.close()


def test_a_camera_that_does_not_answer_is_never_read_by_two_threads() -> None:
    """The driver hangs: closing does not wait for ever, and opening anew waits until the old thread has let go."""
    source, hangs = Source(), threading.Event()
    take = source.read

    def read() -> Picture | None:
        hangs.wait(5)
        return take()

    source.read = read  # type: ignore[method-assign]
    camera = CameraPipeline(source, SystemClock(), join_s=0.05)
    camera.open()
    camera.open()
    camera.close()
    with pytest.raises(Unreachable, match=r"camera\.busy") as caught:
        camera.open()
    assert caught.value.sentence and caught.value.hint
    assert camera.newest() is None and source.closed == 0
    hangs.set()
    _until(lambda: source.closed == 1)
    assert camera.newest() is None, "the late frame of a closed camera is nobody's"
    _until(lambda: not [thread for thread in threading.enumerate() if thread.name == "camera"])
    camera.open()
    _until(lambda: camera.newest() is not None)
    camera.close()
    assert (source.opened, source.closed) == (2, 2)


class _Hangs(Source):
    """A driver that does not come back from one of its calls until it is let go."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where, self.free = where, threading.Event()

    def _hang(self, where: str) -> None:
        if where == self.where:
            self.free.wait(30)

    def open(self) -> None:
        """May hang."""
        self._hang("open")
        super().open()

    def read(self) -> Picture | None:
        """May hang."""
        self._hang("read")
        return super().read()

    def close(self) -> None:
        """May hang."""
        self._hang("close")
        super().close()


@pytest.mark.parametrize("where", ["open", "read", "close"])
def test_whoever_leaves_waits_five_seconds_at_most_wherever_the_driver_hangs(where: str) -> None:
    source = _Hangs(where)
    camera = CameraPipeline(source, SystemClock())
    begun = time.monotonic()
    camera.open()
    camera.close()
    assert time.monotonic() - begun < 5
    source.free.set()
    _until(lambda: not [thread for thread in threading.enumerate() if thread.name == "camera"])
    assert source.opened == source.closed == 1, "what was late has let go of the camera all the same"


def test_a_camera_that_is_slow_to_open_goes_on_by_itself() -> None:
    source = _Hangs("open")
    camera = CameraPipeline(source, SystemClock(), open_s=0.05)
    camera.open()
    assert camera.newest() is None and camera.error is None
    source.free.set()
    _until(lambda: camera.newest() is not None)
    camera.close()
    assert source.opened == source.closed == 1


def test_what_keeps_a_slow_camera_away_is_told_by_the_next_try() -> None:
    source = _Hangs("open")
    source.fails = Unreachable("camera.absent", "没有找到摄像头")
    camera = CameraPipeline(source, SystemClock(), open_s=0.05)
    camera.open()
    source.free.set()
    _until(lambda: camera.error is not None)
    with pytest.raises(Unreachable, match=r"camera\.absent"):
        camera.open()
    source.fails = None
    camera.open()
    _until(lambda: camera.newest() is not None)
    camera.close()


class _Odd(Source):
    """A driver that gives whatever the test puts in, and good frames after it."""

    def __init__(self, *frames: Any) -> None:
        super().__init__()
        self.frames = list(frames)

    def read(self) -> Any:
        """The next of them."""
        return self.frames.pop(0) if self.frames else super().read()


ODD = {
    "empty": np.zeros((0, 0, 3), dtype=np.uint8),
    "flat": np.zeros((480, 0), dtype=np.uint8),
    "nan": np.full((48, 64, 3), np.nan),
    "two channels": np.zeros((48, 64, 2), dtype=np.uint8),
    "video": np.zeros((4, 48, 64, 3), dtype=np.uint8),
}
TAKEN = {
    "grey": np.full((48, 64), 7, dtype=np.uint8),
    "one channel": np.full((48, 64, 1), 7, dtype=np.uint8),
    "alpha": np.full((48, 64, 4), 7, dtype=np.uint8),
    "16 bits": np.full((48, 64, 3), 7 * 256 + 3, dtype=np.uint16),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_frame_that_is_none_is_left_out_and_the_next_one_counts(kind: str) -> None:
    camera = CameraPipeline(_Odd(ODD[kind], ODD[kind]), SystemClock())
    camera.open()
    _until(lambda: camera.newest() is not None)
    frame = camera.newest()
    assert frame is not None and frame.image.shape == (2, 2, 3) and camera.error is None
    camera.close()


@pytest.mark.parametrize("kind", TAKEN)
def test_grey_alpha_and_16_bits_are_brought_to_three_colours(kind: str) -> None:
    source = _Odd()
    source.read = lambda: TAKEN[kind]  # type: ignore[method-assign]
    camera = CameraPipeline(source, SystemClock())
    camera.open()
    _until(lambda: camera.newest() is not None)
    frame = camera.newest()
    assert frame is not None and frame.image.shape == (48, 64, 3) and frame.image.dtype == np.uint8
    assert set(frame.image.ravel()) == {7}
    camera.close()


def test_a_camera_that_gives_nothing_but_nonsense_is_lost_in_a_sentence() -> None:
    source, clock = _Odd(), FakeClock()
    source.read = lambda: ODD["empty"]  # type: ignore[method-assign]
    camera = CameraPipeline(source, clock)
    camera.open()
    clock.advance(seconds=3)
    _until(lambda: camera.error is not None)
    assert camera.error and camera.error.sentence and camera.error.hint
    assert camera.newest() is None
    camera.close()


def test_a_frame_of_8k_is_made_small_and_keeps_its_shape() -> None:
    assert fitted(np.zeros((4320, 7680, 3), dtype=np.uint8)).shape == (1080, LONGEST, 3)
    assert fitted(np.zeros((1, 60_000, 3), dtype=np.uint8)).shape == (1, LONGEST, 3)
    small = np.zeros((720, 1280, 3), dtype=np.uint8)
    assert fitted(small).shape == small.shape


def test_a_camera_that_changes_its_size_goes_on() -> None:
    source = _Odd(*(np.zeros((48, 64 + n, 3), dtype=np.uint8) for n in range(50)))
    camera = CameraPipeline(source, SystemClock())
    camera.open()
    _until(lambda: (frame := camera.newest()) is not None and frame.image.shape == (2, 2, 3))
    frame = camera.newest()
    assert frame is not None and frame.index >= 50
    camera.close()
