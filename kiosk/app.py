"""Composition root of the kiosk: opens the paired device's parts and hands them to the screens."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher

import core.catalogue  # noqa: F401  (loads every feature's commands and tables)
from core.clock import SystemClock
from core.errors import BadInput, NotHere, Refused
from core.face.choice import EngineChoice
from kiosk.adapters.admission import KioskPairing
from kiosk.adapters.face_models import FaceModels
from kiosk.adapters.faces import Faces
from kiosk.adapters.forms import SiteForms
from kiosk.adapters.projects import CachedProjects
from kiosk.adapters.records import CachedVisits
from kiosk.adapters.service import ServiceMenu
from kiosk.adapters.site import Site
from kiosk.adapters.state import KioskStatus
from kiosk.checkin import SiteCheckIns
from kiosk.drafts import Drafts
from kiosk.location import FixedLocator, Locator
from kiosk.options import Options
from kiosk.ports import Camera, Ports
from kiosk.settings import ScreenSettings
from kiosk.shown import ProjectCard
from sync.device import Device, open_device
from sync.errors import unusable
from sync.keys import DeviceSecrets, choose_source, load_or_make
from sync.pairing import Applicant, Pairing, paired
from sync.status import StatusBoard
from sync.web import trusted

PIN_FILE = "service-pin"
PASSIVE_FILE = "passive.onnx"
PIN_DIGITS = 6


@dataclass
class Parts:
    """What the program was started with, before it is paired."""

    options: Options
    clock: SystemClock
    secrets: DeviceSecrets
    key_source: str
    locator: Locator
    camera: Camera
    faces: Callable[[bool], Faces]
    """Gives the face engine; it is told whether still pictures are taken for live."""

    @property
    def name(self) -> str:
        """This kiosk's name: the one that it was paired under, which the office sees; an option names a new one."""
        known = paired(self.folder)
        return self.options.name if known is None else known.name

    @property
    def folder(self) -> Path:
        """Where this kiosk keeps its files."""
        return self.options.folder

    def applicant(self) -> Applicant:
        """This kiosk as it asks to be admitted."""
        return Applicant(
            "kiosk", self.name, self.secrets.keys.public, self.key_source,
            still_for_live=self.options.for_demo, fixed=self.options.position,
        )  # fmt: skip


def make_parts(
    options: Options, camera: Camera, faces: Callable[[bool], Faces], locator: Locator | None
) -> Parts:
    """Opens the key store; a fixed kiosk's position comes before the system's."""
    found = FixedLocator(*options.position) if options.position else locator
    if found is None:
        raise NotHere("kiosk.locator", "本机没有可用的定位方式", "请在启动参数中填写固定位置")
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        source = choose_source(options.folder, os.environ)
        secrets = load_or_make(source)
    except OSError as error:
        raise unusable(options.folder) from error
    return Parts(options, SystemClock(), secrets, source.kind, found, camera, faces)


def engine_choice(options: Options) -> EngineChoice:
    """The face models that were named; the anti-spoof network may also lie in the data folder.

    Raises where a file that was named is not there, or a pack is not the one that its note tells.
    """
    own = options.folder / PASSIVE_FILE
    passive = options.passive or (own if own.is_file() else None)
    choice = EngineChoice(pack=options.face_pack, landmarks=options.landmarks, passive=passive)
    choice.require_files()
    return choice


def screen_settings(parts: Parts) -> ScreenSettings:
    """How the screens look; the demo's banner follows what the kiosk was paired as."""
    known = paired(parts.folder)
    demo = parts.options.for_demo or (known is not None and known.still_for_live)
    return ScreenSettings(demo=demo, full_screen=parts.options.full_screen, device=parts.name)


def unpaired_ports(parts: Parts, opened: Callable[[Pairing], None]) -> Ports:
    """Ports of a kiosk that knows no server yet: only pairing works."""
    nothing = _NotPaired()
    status = KioskStatus(StatusBoard(), parts.locator, parts.folder, paired=False)
    service = ServiceMenu(_pin(parts.folder), parts.folder, status, dict, lambda: None, parts.clock)
    pairing = KioskPairing(parts.folder, parts.applicant(), trusted(parts.options.certificates), opened)
    return Ports(nothing, parts.camera, nothing, nothing, nothing, status, pairing, service, parts.clock)  # type: ignore[arg-type]


class _NotPaired:
    """Stands where data would be; the pairing screen is in front, so nobody gets here."""

    def nearest(self) -> Sequence[ProjectCard]:
        """No projects."""
        return ()

    def __getattr__(self, name: str) -> Callable[..., None]:
        def refuse(*_arguments: object) -> None:
            raise NotHere("kiosk.unpaired", "本机尚未配对", "请先输入配对码完成配对")

        return refuse


def open_parts(parts: Parts, pairing: Pairing) -> Device:
    """Opens journal and cache of the paired device; what only a demo may use must have been admitted by one."""
    if parts.options.for_demo and not pairing.still_for_live:
        raise Refused(
            "kiosk.demo_only", "照片、录像和定位记录只能用于演示，本机没有被演示服务器登记",
            "请去掉 --demo、--demo-stills、--nmea 及 --camera 的 video:、folder: 后重新启动；本机数据不受影响",
            rule="S-3",
        )  # fmt: skip
    return open_device(
        parts.folder, pairing, parts.secrets, parts.clock, verify=trusted(parts.options.certificates)
    )


def paired_ports(parts: Parts, device: Device, opened: Callable[[Pairing], None]) -> Ports:
    """Ports of a paired kiosk; ``opened`` is told when it has been paired anew."""
    site = Site(
        device.cache, device.submitter, device.journals, device.outbox, parts.locator,
        device.pairing.device_id, parts.clock,
    )  # fmt: skip
    forms = SiteForms(site, lambda: Drafts(parts.folder / "drafts.db", parts.secrets.file_key))
    status = KioskStatus(device.status, parts.locator, parts.folder)

    def facts() -> dict[str, str]:
        return {
            "名称": device.pairing.name, "服务器": device.pairing.address, "摄像头": parts.options.camera,
            "密钥保存方式": parts.key_source, "设备编号": device.pairing.device_id,
        }  # fmt: skip

    stills = parts.options.stills and device.pairing.still_for_live
    models = FaceModels(site, lambda: parts.faces(stills))
    service = ServiceMenu(
        _pin(parts.folder), parts.folder, status, facts, device.worker.wake, parts.clock, models.lines
    )
    pairing = KioskPairing(
        parts.folder, parts.applicant(), trusted(parts.options.certificates), opened, site.waiting
    )
    check_ins = SiteCheckIns(site, lambda: parts.faces(stills), forms)
    return Ports(
        CachedProjects(site), parts.camera, check_ins, forms, CachedVisits(site),
        status, pairing, service, parts.clock,
    )  # fmt: skip


def set_pin(folder: Path, pin: str) -> None:
    """Keeps the service PIN's hash; six digits at least."""
    if not (pin.isdigit() and len(pin) >= PIN_DIGITS):
        raise BadInput("kiosk.pin_form", f"服务密码应为 {PIN_DIGITS} 位以上数字", "请重新输入")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PIN_FILE).write_text(PasswordHasher().hash(pin), encoding="ascii")
    except OSError as error:
        raise unusable(folder) from error


def _pin(folder: Path) -> str:
    """The service PIN's hash; a kiosk without one keeps its service menu shut."""
    file = folder / PIN_FILE
    return file.read_text(encoding="ascii") if file.exists() else ""
