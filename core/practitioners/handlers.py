"""Handlers of person commands."""

from collections.abc import Callable, Collection

from sqlalchemy import select

from core.command import handles
from core.context import Context
from core.errors import BadInput, Conflict, NotHere, Refused
from core.face.enrolment import template_digest
from core.ids import new_id
from core.practitioners.commands import CertificateEntry, KeepTemplate, RegisterPerson, SubmitPortrait
from core.practitioners.models import Certificate, Person, PersonPrivate, Portrait, PortraitPhoto
from core.practitioners.rules import CERTIFICATE_KINDS, id_number_is_valid


@handles(RegisterPerson)
def register_person(ctx: Context, command: RegisterPerson) -> dict[str, str]:
    """Enters the person, the sealed private part and the certificates."""
    if command.id_number is not None and not id_number_is_valid(command.id_number):
        raise BadInput("practitioners.id_number", "身份证号码不正确", "请对照身份证核对 18 位号码")
    sealed = (
        ctx.vault.seal(ctx.db, command.person_id, command.id_number.upper().encode())
        if command.id_number is not None
        else None
    )
    ctx.db.add(Person(id=command.person_id, name=command.name))
    ctx.db.add(PersonPrivate(id=command.person_id, id_number=sealed, telephone=None))
    for entry in command.certificates:
        _add_certificate(ctx, command.person_id, entry)
    return {"person_id": command.person_id}


def _add_certificate(ctx: Context, person_id: str, entry: CertificateEntry) -> None:
    if entry.kind not in CERTIFICATE_KINDS:
        raise BadInput("practitioners.certificate", "证书种类无法识别", "请从列表中选择证书种类", rule="P-4")
    number = entry.number.strip()
    taken = select(Certificate.id).where(Certificate.kind == entry.kind, Certificate.number == number)
    if ctx.db.scalar(taken):
        raise Refused(
            "practitioners.certificate_taken", "该证书已登记在他人名下", "请核对证书编号", rule="P-1"
        )
    ctx.db.add(
        Certificate(id=new_id(), person_id=person_id, kind=entry.kind, number=number, until_ms=entry.until_ms)
    )


@handles(SubmitPortrait)
def submit_portrait(ctx: Context, command: SubmitPortrait) -> dict[str, str]:
    """Puts the checked portrait into force; the one before it stays in the history (P-2)."""
    if not command.consent:
        raise Refused(
            "practitioners.consent", "尚未同意使用人脸信息", "请阅读并勾选人脸信息使用同意书", rule="D-2"
        )
    if ctx.db.get(Person, command.person_id) is None:
        raise NotHere("practitioners.unknown", "找不到这名从业人员", "请先登记人员信息")
    for old in ctx.db.scalars(
        select(Portrait).where(Portrait.person_id == command.person_id, Portrait.until_ms.is_(None))
    ):
        old.until_ms = ctx.now_ms
    _forget_photos(ctx, command.person_id)
    ctx.db.add(
        Portrait(
            id=command.portrait_id,
            person_id=command.person_id,
            engine=command.engine,
            consent=True,
            image=ctx.vault.seal(ctx.db, command.person_id, command.image),
            template=ctx.vault.seal(ctx.db, command.person_id, command.template),
            from_ms=ctx.now_ms,
            photos=1 + len(command.photos),
            template_digest=template_digest(command.engine, command.template),
        )
    )
    for photo in command.photos:
        _keep_photo(ctx, command.person_id, command.portrait_id, photo, None)
    for listener in PORTRAIT_LISTENERS:
        listener(ctx, command.person_id, command.portrait_id)
    return {"portrait_id": command.portrait_id}


@handles(KeepTemplate)
def keep_template(ctx: Context, command: KeepTemplate) -> dict[str, str]:
    """The portrait stays; what kiosks compare with becomes better, or of the recogniser that is in use now."""
    portrait = ctx.db.get(Portrait, command.portrait_id)
    if portrait is None or portrait.person_id != command.person_id or portrait.until_ms is not None:
        raise NotHere("practitioners.portrait_over", "这张证件照已不再使用", "请使用该人员当前的证件照")
    if portrait.template_digest != command.instead_of:
        raise Conflict(
            "practitioners.template_newer", "人脸模板已被更新，保留了新的模板", "无需处理，稍后会自动重试"
        )
    portrait.template = ctx.vault.seal(ctx.db, command.person_id, command.template)
    portrait.engine, portrait.photos = command.engine, command.count
    portrait.template_digest = template_digest(command.engine, command.template)
    _forget_photos(ctx, command.person_id, command.dropped)
    for photo in command.gathered:
        _keep_photo(ctx, command.person_id, command.portrait_id, photo.image, photo.source)
    for listener in PORTRAIT_LISTENERS:
        listener(ctx, command.person_id, command.portrait_id)
    return {"portrait_id": command.portrait_id}


def forget_templates(ctx: Context, person_id: str) -> None:
    """Of who no longer works for an agency only the portraits stay; a template is made anew if he does again (D-3)."""
    for portrait in ctx.db.scalars(select(Portrait).where(Portrait.person_id == person_id)):
        portrait.template, portrait.engine, portrait.photos, portrait.template_digest = b"", "", 0, None
    _forget_photos(ctx, person_id)


def _forget_photos(ctx: Context, person_id: str, sources: Collection[str] | None = None) -> None:
    """Those of these facts; of a portrait that is over all."""
    kept = select(PortraitPhoto).where(PortraitPhoto.person_id == person_id)
    chosen = kept if sources is None else kept.where(PortraitPhoto.source.in_(sources))
    for photo in ctx.db.scalars(chosen):
        ctx.db.delete(photo)


def _keep_photo(ctx: Context, person_id: str, portrait_id: str, image: bytes, source: str | None) -> None:
    sealed = ctx.vault.seal(ctx.db, person_id, image)
    ctx.db.add(
        PortraitPhoto(id=new_id(), portrait_id=portrait_id, person_id=person_id, source=source, image=sealed)
    )


PORTRAIT_LISTENERS: list[Callable[[Context, str, str], None]] = []
"""Features above that follow a new portrait: a project's faces."""
