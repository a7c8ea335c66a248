"""What a technician reads of the face engine: models, what is not installed, and who can't be compared."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from core.errors import NotHere
from core.face.engine import FaceEngine
from core.face.fake import fake_engine
from core.face.types import Vector
from kiosk.adapters.engines import EngineFaces
from kiosk.adapters.face_models import FaceModels
from kiosk.adapters.faces import Faces
from kiosk.shown import ServiceLine, Tone
from tests.database.test_sync_submit import Site, shown
from tests.factories.checkins import site_of


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    for kiosk in made.kiosks:
        kiosk.kill()
    made.server.close()


class Network:
    """An anti-spoof network."""

    version = "network-7"

    def score(self, image: object, face: object) -> float:
        """Everybody lives."""
        return 1.0


def lines(site: Site, engine: FaceEngine) -> dict[str, ServiceLine]:
    found = FaceModels(site_of(site.kiosk()), lambda: EngineFaces(engine, stills=False)).lines()
    return {line.name: line for line in found}


def test_every_model_is_named_and_what_is_not_installed_is_said(site: Site) -> None:
    told = lines(site, fake_engine())
    assert told["人脸检测"].value == told["关键点"].value == told["识别模型"].value == "fake"
    assert (told["静默活体检测"].value, told["静默活体检测"].tone) == ("未安装", Tone.WARN)
    parts = replace(fake_engine().observer.parts, passive=Network())
    told = lines(site, FaceEngine(parts))
    assert (told["静默活体检测"].value, told["静默活体检测"].tone) == ("network-7", Tone.GOOD)


class Renamed:
    """A recogniser that made none of the templates that are here."""

    version, size = "another-1", 128
    files: ClassVar[dict[str, str]] = {}

    def vector(self, image: object, face: object, landmarks: object) -> Vector:
        """Nobody asks."""
        raise NotImplementedError


def test_people_enrolled_by_another_model_are_counted(site: Site) -> None:
    assert "模型不同" not in lines(site, fake_engine())
    told = lines(site, FaceEngine(replace(fake_engine().observer.parts, recogniser=Renamed())))
    held = shown(site.kiosk(), "select count(distinct person_id) from project_face")[0][0]
    assert held and (told["模型不同"].value, told["模型不同"].tone) == (f"{held} 人", Tone.BAD)
    assert "服务器与本机的人脸模型是否相同" in told["处理办法"].value


def test_an_engine_that_cannot_be_loaded_is_told_with_what_to_do(site: Site) -> None:
    def broken() -> Faces:
        raise NotHere("face.pack_missing", "找不到人脸模型包文件夹“x”。", "请检查。")

    told = FaceModels(site_of(site.kiosk()), broken).lines()
    assert [(line.name, line.value) for line in told] == [
        ("问题", "找不到人脸模型包文件夹“x”。"), ("处理办法", "请检查。"),
    ]  # fmt: skip
    assert told[0].tone is Tone.BAD
