"""MediaPipe's own mesh sees the gestures that were written down, by the limits that are the default's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.gestures import Gesture
from tests.face.clips import Clip, gestures, listed, watch

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    """MediaPipe's landmarks under the default's recogniser."""
    return FaceEngine.open(EngineChoice(landmarks="mediapipe"))


@pytest.mark.parametrize("name", ["liveportrait_d13", "liveportrait_s29"])
def test_blinks_are_seen_where_they_are_and_nothing_elsewhere(
    name: str, engine: FaceEngine, data_file: Callable[[str], Path]
) -> None:
    clip: Clip = next(one for one in listed() if name in one.path)
    found = gestures(watch(engine, data_file(clip.path), clip))
    assert not [one for one in found if one.gesture is not Gesture.BLINK]
    for span in clip.spans:
        assert any(span.begin - 0.35 <= one.began <= span.end + 0.35 for one in found), span
    for begin, end in clip.quiet:
        assert not [one for one in found if begin < one.began and one.sure < end]
