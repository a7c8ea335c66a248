"""The service menu behind a PIN: what a technician may look at and do (screens.md)."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from core.clock import Clock
from core.errors import Refused
from kiosk.adapters.state import LOW_BYTES, KioskStatus
from kiosk.shown import ServiceLine, Tone

TRIES = 5
WAIT_S = 60.0


class ServiceMenu:
    """Opens with the PIN that was set at installation; five wrong tries make it wait a minute."""

    def __init__(
        self, pin_hash: str, folder: Path, status: KioskStatus, facts: Callable[[], dict[str, str]],
        wake: Callable[[], None], clock: Clock, models: Callable[[], Sequence[ServiceLine]] = tuple,
    ) -> None:  # fmt: skip
        """``facts`` gives what the composition root knows: camera, server, device, key source; ``models`` gives the
        face engine's lines."""
        self._models = models
        self._pin_hash, self._folder, self._status = pin_hash, folder, status
        self._facts, self._wake, self._clock = facts, wake, clock
        self._failures: list[float] = []

    def unlock(self, pin: str) -> None:
        """Raises when the PIN is wrong or was tried too often."""
        if not self._pin_hash:
            raise Refused(
                "kiosk.pin_unset", "本机尚未设置服务密码", "请由管理员以 --set-pin 启动一次本程序", rule="D-1"
            )
        now = self._clock.monotonic()
        self._failures = [t for t in self._failures if t > now - WAIT_S]
        if len(self._failures) >= TRIES:
            raise Refused("kiosk.pin_wait", "服务密码输入错误次数过多", "请一分钟后再试", rule="D-1")
        try:
            PasswordHasher().verify(self._pin_hash, pin)
        except VerificationError as error:
            self._failures.append(now)
            raise Refused(
                "kiosk.pin_wrong", "服务密码不正确", "请向公司管理人员询问服务密码", rule="D-1"
            ) from error

    def report(self) -> Sequence[ServiceLine]:
        """Camera, position, server, storage."""
        lines = [ServiceLine("本机", name, value) for name, value in self._facts().items()]
        lines += self._models()
        sync, trouble, last = self._status.sync(), self._status.trouble(), self._status.last_contact()
        lines.append(ServiceLine("同步", "最近同步", last.text, last.tone))
        if trouble is not None:
            lines.append(ServiceLine("同步", "问题", trouble.sentence, Tone.BAD))
            lines.append(ServiceLine("同步", "处理办法", trouble.hint))
        tone = Tone.WARN if sync.waiting else Tone.GOOD
        lines.append(ServiceLine("同步", "待上传记录", f"{sync.waiting} 条", tone))
        lines.append(
            ServiceLine("同步", "未生效记录", f"{sync.refused} 条", Tone.BAD if sync.refused else Tone.GOOD)
        )
        lines.append(ServiceLine("同步", "时间", self._status.clock().text, self._status.clock().tone))
        lines.append(
            ServiceLine("定位", "当前位置", self._status.position().text, self._status.position().tone)
        )
        free = shutil.disk_usage(self._folder).free
        lines.append(
            ServiceLine(
                "存储", "剩余空间", f"{free / 2**30:.1f} GB", Tone.BAD if free < LOW_BYTES else Tone.GOOD
            )
        )
        return lines

    def sync_now(self) -> None:
        """Asks for a round now."""
        self._wake()
