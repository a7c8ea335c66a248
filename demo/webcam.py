"""Whoever sits before the webcam becomes the demo's first practitioner: his portrait is taken there."""

import time

from core.camera.source import CameraSource, source_of
from core.errors import DomainError, Refused
from demo.people import jpeg
from server.portraits import PortraitChecker

NAME = "0"
_LOOK_S = 12.0
_AGAIN_S = 0.5


def own_portrait(checker: PortraitChecker, name: str = NAME, seconds: float = _LOOK_S) -> bytes | None:
    """A picture of the webcam that passes as a portrait; None where there is no webcam or nobody sits before it."""
    source = source_of(name)
    try:
        source.open()
    except DomainError:
        print("没有找到摄像头：改用照片。", flush=True)
        return None
    try:
        return _taken(source, checker, seconds)
    except DomainError as error:
        print(f"{error.sentence}：改用照片。", flush=True)
        return None
    finally:
        source.close()


def _taken(source: CameraSource, checker: PortraitChecker, seconds: float) -> bytes | None:
    print("正在用摄像头为您拍证件照（只保存在本机的演示数据里，演示结束即删除），请正对镜头……", flush=True)
    end, said = time.monotonic() + seconds, ""
    tried = float("-inf")
    while time.monotonic() < end:
        picture = source.read()
        if picture is None:
            break
        if time.monotonic() - tried < _AGAIN_S:
            continue
        tried = time.monotonic()
        try:
            checker.enrol(jpeg(picture))
        except Refused as refusal:
            if refusal.sentence != said:
                said = refusal.sentence
                print(f"  {refusal.sentence}{refusal.hint or ''}", flush=True)
        else:
            return jpeg(picture)
    print("没有拍到合格的证件照：改用照片。", flush=True)
    return None
