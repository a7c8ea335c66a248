"""What is good enough to be looked at: the quality limits of portraits and of check-ins, in one place (pure)."""

from dataclasses import dataclass

from core.face.types import Box, Landmarks, Observation, Quality


@dataclass(frozen=True, slots=True)
class Limits:
    """The least that will do."""

    face_px: float
    yaw: float
    pitch: float
    roll: float
    sharpness: float
    brightness: float
    glare: float
    openness: float
    mouth: float
    eyes: float


# Sharpness: photos blurred by 2 % of the face's width, where likeness begins to fall, measure 0.044 (median), a phone
# clip 0.10, sharp portraits 0.16. Light: one press photo in a thousand is darker than 59. A poor portrait makes false
# matches for as long as it is in force, hence the stricter line.
# Openness: the lids of 18 recorded blinks fall to 0.03-0.092, and of 630 press photos the six below 0.10 show shut
# eyes. Up to 0.13 the measure no longer tells lids that droop from eyes that laugh: two laughing people in packages'
# sample pictures show 0.117 to 0.131, and one of them 0.07 to 0.106 as the picture was taken. Of 65 East-Asian
# portraits the narrowest has 0.17. So 0.10: shut eyes are refused, none of those photos whose eyes are clearly open.
# What is hidden: of 219 photos of faces that nothing hides 0.9 % show a fainter step at the mouth, and 2.3 %, all small
# press photos, a lesser spread in the eyes. Of 836 masks drawn on them (blue, white, black, pink) 96 % are found where
# a face is found at all, of dark glasses 84 %. A check-in is not refused for it: who can't be recognised is told.
PORTRAIT = Limits(
    face_px=110, yaw=15, pitch=20, roll=20, sharpness=0.055, brightness=55, glare=0.25, openness=0.10,
    mouth=9.0, eyes=20.0,
)  # fmt: skip
LIVE = Limits(
    face_px=100, yaw=12, pitch=20, roll=25, sharpness=0.035, brightness=40, glare=0.35, openness=0.0,
    mouth=0.0, eyes=0.0,
)  # fmt: skip
KEPT = Limits(
    face_px=100, yaw=12, pitch=20, roll=25, sharpness=0.035, brightness=40, glare=0.35, openness=0.10,
    mouth=9.0, eyes=20.0,
)  # fmt: skip
"""A picture of a check-in that becomes part of a template: as good as it had to be there, and with open eyes."""

SECOND_FACE = 0.25
"""A face of this share of the main one's width counts as a second person; smaller ones are passers-by and posters."""
_NEAR = 0.8


def fault(landmarks: Landmarks, quality: Quality, limits: Limits) -> str | None:
    """The first thing that is wrong with this face, the one that hides the others first."""
    pose = landmarks.pose
    checks = (
        ("too_small", quality.face_px < limits.face_px),
        ("too_dark", quality.brightness < limits.brightness),
        ("glare", quality.glare > limits.glare),
        (
            "not_frontal",
            abs(pose.yaw) > limits.yaw or abs(pose.pitch) > limits.pitch or abs(pose.roll) > limits.roll,
        ),
        ("blurred", quality.sharpness < limits.sharpness),
        ("eyes_closed", landmarks.openness < limits.openness or _hidden(quality.eyes, limits.eyes)),
        ("mouth_covered", _hidden(quality.mouth, limits.mouth)),
    )
    return next((code for code, wrong in checks if wrong), None)


def _hidden(shown: float | None, least: float) -> bool:
    """Is less to be seen than a limit asks for? What was not measured is not seen."""
    return least > 0 and (shown is None or shown < least)


def live_fault(seen: Observation, width: int) -> str | None:
    """What is wrong with a frame of a check-in; ``width`` is the frame's."""
    if seen.box is None or seen.landmarks is None or seen.quality is None:
        return "no_face"
    if seen.faces > 1:
        return "many_faces"
    if seen.box.width > _NEAR * width:
        return "too_near"
    # A face narrows as it turns: who looks aside is told to look ahead, not to come nearer.
    return fault(seen.landmarks, seen.quality, LIVE)


def company(boxes: list[Box]) -> int:
    """How many of the faces, biggest first, count."""
    return sum(box.width >= SECOND_FACE * boxes[0].width for box in boxes) if boxes else 0
