"""What the service menu says of the face engine: which models run, what is not installed, who must be enrolled anew."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from core.errors import DomainError
from core.projects.models import ProjectFace
from kiosk.adapters.faces import Faces
from kiosk.adapters.site import Site
from kiosk.shown import ServiceLine, Tone

_SECTION = "人脸识别"
_TASKS = {"detector": "人脸检测", "landmarks": "关键点", "recogniser": "识别模型", "pack": "自备模型包"}
_PASSIVE = "静默活体检测"
_STALE = "人的照片须由本机所用的识别模型重新录入；请核对服务器与本机的人脸模型是否相同"


class FaceModels:
    """Loads the engine when a technician first asks, so that what he reads is what runs."""

    def __init__(self, site: Site, faces: Callable[[], Faces]) -> None:
        self._site, self._faces = site, faces

    def lines(self) -> Sequence[ServiceLine]:
        """Every model with its version; or why the engine can't be loaded."""
        try:
            faces = self._faces()
        except DomainError as error:
            return [
                ServiceLine(_SECTION, "问题", error.sentence, Tone.BAD),
                ServiceLine(_SECTION, "处理办法", error.hint),
            ]
        named = [
            ServiceLine(_SECTION, _TASKS[task], name)
            for task, name in faces.versions.items()
            if task in _TASKS
        ]
        return [*named, _passive(faces.versions.get("passive")), *self._stale(faces.name)]

    def _stale(self, model: str) -> list[ServiceLine]:
        """People whose templates are of another model: they can't be compared, and nobody would know why."""
        with self._site.reading() as ctx:
            stale = set(ctx.db.scalars(select(ProjectFace.person_id).where(ProjectFace.engine != model)))
        if not stale:
            return []
        return [
            ServiceLine(_SECTION, "模型不同", f"{len(stale)} 人", Tone.BAD),
            ServiceLine(_SECTION, "处理办法", f"{len(stale)} {_STALE}"),
        ]


def _passive(name: str | None) -> ServiceLine:
    if name is None:
        return ServiceLine(_SECTION, _PASSIVE, "未安装", Tone.WARN)
    return ServiceLine(_SECTION, _PASSIVE, name, Tone.GOOD)
