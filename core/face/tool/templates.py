"""Templates as files, and folders of photos or templates as galleries; for engineers' own measurements only."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from core.errors import BadInput, DomainError
from core.face import matching
from core.face.engine import FaceEngine
from core.face.tool.looking import identity
from core.face.tool.pictures import SUFFIXES, decoded, read_bytes
from core.face.tool.report import Bad
from core.face.types import Candidate, Template, Vector
from core.secret_files import keep_secret

_HINT = "请用 zhiye-faces enrol 重新生成。"


class TemplateFile(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it lies on disk: in clear, so for its owner's eyes alone."""

    model: str
    vector: bytes
    photos: int


def write(path: Path, template: Template, photos: int) -> None:
    """Keeps a template where only its owner can read it."""
    file = TemplateFile(model=template.model, vector=template.vector, photos=photos)
    try:
        keep_secret(path, msgspec.json.format(msgspec.json.encode(file)))
    except OSError:
        raise BadInput("face.not_written", f"无法写入 {path}。", "请检查文件夹是否存在、是否可写。") from None


def read(data: bytes) -> Template:
    """A template from a file's bytes."""
    try:
        file = msgspec.json.decode(data, type=TemplateFile)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadInput("face.bad_template", "不是人脸模板文件。", _HINT) from None
    template = Template(file.model, file.vector)
    matching.unpack(template)
    return template


def vector_in(engine: FaceEngine, path: Path) -> Vector:
    """The identity in a photo or a template; one of another model can't be compared."""
    try:
        return _vector(engine, read_bytes(path), path.suffix.lower() == ".json")
    except DomainError as error:
        raise BadInput(error.code, f"文件 {path.name}：{error.sentence}", error.hint) from error


def _vector(engine: FaceEngine, data: bytes, is_template: bool) -> Vector:
    if not is_template:
        vector, _ = identity(engine, decoded(data))
        if vector is None:
            raise BadInput("face.no_face", "照片中没有找到人脸。", "请换一张正面、清晰的照片。")
        return vector
    template = read(data)
    if template.model != engine.model:
        raise BadInput("face.other_model", f"模板属于另一识别模型 {template.model}。", _HINT)
    found = matching.comparable(template, engine.model, engine.observer.parts.recogniser.size)
    if found is None:
        raise BadInput("face.bad_template", "人脸模板的长度与识别模型不符。", _HINT)
    return found


def gallery(engine: FaceEngine, places: Sequence[Path]) -> tuple[list[Candidate], list[Bad]]:
    """The people in these places: in a folder each file is somebody, and each folder somebody with several photos.

    Of several folders people bear the folder's name, too: in each there may be a person ``1``.
    """
    absent = [str(place) for place in places if not place.exists()]
    if absent:
        raise BadInput(
            "face.gallery_absent", f"找不到人脸库：{'、'.join(absent)}。", "请检查 --gallery 后的路径。"
        )
    found: dict[str, list[Vector]] = {}
    bad: list[Bad] = []
    for name, path in (pair for place in places for pair in _people(place, len(places) > 1)):
        try:
            found.setdefault(name, []).append(vector_in(engine, path))
        except DomainError as error:
            bad.append(Bad.of(str(path), error))
    people = [Candidate(name, (matching.pack(engine.model, rows),)) for name, rows in found.items() if rows]
    if not people:
        raise BadInput(
            "face.nobody_enrolled", "人脸库中没有一个可用的人。", "请检查 --gallery 指定的文件夹或模板文件。"
        )
    return people, bad


def _people(place: Path, several: bool) -> list[tuple[str, Path]]:
    if not place.is_dir():
        return [(place.stem, place)]
    start = f"{place.name}/" if several else ""
    direct = [(start + path.stem, path) for path in _files(place)]
    folders = [one for one in sorted(place.iterdir()) if one.is_dir()]
    return direct + [(start + one.name, path) for one in folders for path in _files(one)]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in (*SUFFIXES, ".json"))
