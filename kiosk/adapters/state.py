"""How the kiosk is, for the bar at the top: what waits, whether its time is proven, whether it knows its place."""

import shutil
from pathlib import Path

from core.clock import from_ms
from core.errors import DomainError
from core.geo.fix import Worth, worth_of
from core.qt.wording import moment
from kiosk.location import Locator
from kiosk.shown import Light, Sync, Tone, Trouble
from sync.status import StatusBoard, standing

_PROOFS = {
    "proven": Light("时间已校准", Tone.GOOD),
    "bracketed": Light("时间待校准", Tone.WARN),
    "unproven": Light("时间未校准，联网后自动校准", Tone.WARN),
}
_STILL = "开始、结束执业不受影响，记录保存在本机"
FULL_BYTES, LOW_BYTES = 20 * 2**20, 500 * 2**20
_FULL = Trouble(
    "kiosk.disk_full", "存储空间已满，暂不能开始或结束执业", "请联系管理员清理磁盘；已有的记录没有丢失",
    still="查看项目和同步", stops_all=True,
)  # fmt: skip
_REVOKED = Trouble(
    "devices.revoked", "本机已停用，不能再开始或结束执业", "剩余的记录会自动上传并隔离，全部上传后本机数据自动清除",
    still="查看项目和同步", stops_all=True,
)  # fmt: skip
_LOW = Trouble("kiosk.disk_low", "存储空间不足", "请联系管理员清理磁盘", still=_STILL)


class KioskStatus:
    """Everything in memory; nothing here waits."""

    def __init__(self, board: StatusBoard, locator: Locator, folder: Path, *, paired: bool = True) -> None:
        self._board = board
        self._folder = folder
        self._free: int | None = None
        self._locator = locator
        self._paired = paired

    def sync(self) -> Sync:
        """What waits for the server."""
        now = self._board.now
        since = from_ms(now.offline_since_ms) if now.offline_since_ms is not None else None
        return Sync(
            waiting=now.waiting, refused=now.refused, offline_since=since, failing=self._failing() is not None,
            contacted=now.last_contact_ms is not None, paired=self._paired,
        )  # fmt: skip

    def last_contact(self) -> Light:
        """When a round came to its end."""
        at = self._board.now.last_contact_ms
        return Light("尚未同步", Tone.WARN) if at is None else Light(moment(from_ms(at)))

    def _failing(self) -> DomainError | None:
        """What keeps syncing from its end though the server answers; being offline is nobody's fault."""
        return self._board.now.trouble if standing(self._board.now) == "trouble" else None

    def clock(self) -> Light:
        """Whether the kiosk's time is proven (S-11)."""
        return _PROOFS[self._board.now.proof]

    def position(self) -> Light:
        """Whether there is a position, how old and how exact (S-15)."""
        fix = self._locator.newest()
        worth = worth_of(fix)
        if fix is None or worth is Worth.NONE:
            return Light(self._locator.trouble() or "暂无定位，请到窗边或室外", Tone.BAD)
        exact = (
            f"±{fix.accuracy_m:.0f} 米"
            if fix.accuracy_m
            else "固定位置"
            if fix.source == "fixed"
            else "精度未知"
        )
        if worth is Worth.SOFT:
            return Light(f"定位于 {fix.age_ms // 60_000} 分钟前（{exact}）", Tone.WARN)
        return Light(f"已定位（{exact}）", Tone.GOOD)

    def look(self) -> None:
        """How much room the disk has; a disk can take its time to say so."""
        self._free = shutil.disk_usage(self._folder).free

    def trouble(self) -> Trouble | None:
        """The worst thing that is wrong now."""
        if self._free is not None and self._free < FULL_BYTES:
            return _FULL
        if self._board.now.stopped:
            return Trouble(
                "kiosk.sync_stopped", "上传程序已停止", "请在服务菜单中退出并重新打开程序", still=_STILL
            )
        if self._board.now.revoked:
            return _REVOKED
        failing = self._failing()
        if failing is not None:
            return Trouble(failing.code, failing.sentence, failing.hint, still=_STILL)
        return _LOW if self._free is not None and self._free < LOW_BYTES else None
