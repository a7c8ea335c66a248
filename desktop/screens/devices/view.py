"""The devices screen: the agency's kiosks and desktops, a pairing code in big digits, 停用."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from core.clock import from_ms
from core.qt.looks import button, label
from core.qt.rows import Column, RowsModel
from core.qt.wording import moment
from desktop import wording
from desktop.desk import Desk
from desktop.screens.devices.presenter import Code, DeviceLine, DevicesPresenter, Told
from desktop.screens.devices.quarantine import QuarantineBar
from desktop.shell.loading import Loader
from desktop.shell.parts import Listing, padded
from desktop.shell.saying import said
from desktop.shell.screen import Screen, screen

EMPTY = "还没有设备。\n点“生成终端配对码”或“生成电脑配对码”，在新设备第一次启动时输入。"


def _state(line: DeviceLine) -> str:
    if line.waits:
        return "待处理隔离"
    if line.revoked_ms is not None:
        return "已停用"
    return "演示设备" if line.still else "使用中"


def _heard(line: DeviceLine) -> str:
    return moment(from_ms(line.heard.seen_ms)) if line.heard else "—"


def _waiting(line: DeviceLine) -> str:
    return f"{line.heard.waiting} 项" if line.heard else "—"


COLUMNS = (
    Column[DeviceLine]("名称", lambda d: d.name),
    Column[DeviceLine]("类型", lambda d: wording.DEVICES.get(d.kind, d.kind)),
    Column[DeviceLine]("状态", _state),
    Column[DeviceLine]("安装方式", lambda d: "固定" if d.fixed else "随身" if d.kind == "kiosk" else "—"),
    Column[DeviceLine]("密钥保护", lambda d: wording.KEY_SOURCES.get(d.key_source, d.key_source)),
    Column[DeviceLine]("最近联系", _heard, sort=lambda d: d.heard.seen_ms if d.heard else 0),
    Column[DeviceLine]("待上传", _waiting, sort=lambda d: d.heard.waiting if d.heard else 0, right=True),
    Column[DeviceLine]("准入时间", lambda d: moment(from_ms(d.admitted_ms)), sort=lambda d: d.admitted_ms),
    Column[DeviceLine]("停用时间", lambda d: moment(from_ms(d.revoked_ms)) if d.revoked_ms else "—"),
)
STATE_COLUMN = 2


_TONES = {"使用中": "good", "演示设备": "warn", "已停用": "plain", "待处理隔离": "bad"}


@screen("devices", title="设备", icon="camera", order=20, visible=lambda rights: rights.manager)
class DevicesScreen(Screen):
    """Table and buttons."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._presenter = DevicesPresenter(desk.store, desk.online, desk.me)
        self._lines: list[DeviceLine] = []
        self._loader: Loader[list[DeviceLine]] = Loader(desk.tasks, self._show)
        self.model = RowsModel(COLUMNS, lambda line: line.id)
        self.listing = Listing(self.model, EMPTY)
        self.listing.chip(STATE_COLUMN, lambda line: _TONES[_state(line)])
        self.listing.widths(128, 80, 100, 76, 92, 138, 64, 138)
        self._told = Told()
        self._asked: Loader[Told] = Loader(desk.tasks, self._show_told, self._untold, "online")
        self.quarantine = QuarantineBar(desk, self._presenter, self.refresh)
        self.listing.table.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.kiosk = button("生成终端配对码", lambda: self._code("kiosk"), "primary", "code_kiosk")
        self.office = button("生成电脑配对码", lambda: self._code("desktop"), "", "code_desktop")
        self.revoke = button("停用设备…", self._ask_revoke, "", "device_revoke")
        self.state = label("", "note", "warn")
        self.state.hide()
        self.dialog: CodeDialog | None = None
        row = QHBoxLayout()
        row.addWidget(label("设备", "title", wrap=False))
        row.addStretch(1)
        for made in (self.revoke, self.office, self.kiosk):
            row.addWidget(made)
        layout = padded(QVBoxLayout(self))
        layout.addLayout(row)
        layout.addWidget(self.state)
        layout.addWidget(self.listing, 1)
        layout.addWidget(self.quarantine)
        self._enable()

    def open(self, argument: str | None) -> None:
        """Read when it comes to the front."""
        self.refresh()

    def refresh(self) -> None:
        """Read the devices."""
        self._loader.ask(self._presenter.lines)
        self._asked.ask(self._presenter.told)

    def _show_told(self, told: Told) -> None:
        self._told = told
        self._show(self._lines)
        count = len(told.quarantine)
        self.state.setText(f"{count} 台已停用设备补传了记录，等待处理：请在表中选中该设备。")
        self.state.setVisible(bool(count))

    def _untold(self, error: BaseException) -> None:
        """What the server said last stays in the table."""
        self.state.setText(f"最近联系和待上传数量暂时无法更新：{said(error)}")
        self.state.show()

    def _show(self, found: list[DeviceLine]) -> None:
        lines = [line.with_told(self._told) for line in found]
        if lines != self._lines:
            self._lines = lines
            self.model.set_rows(lines)
        self._enable()

    def _enable(self) -> None:
        chosen = self.listing.table.current_row()
        self.revoke.setEnabled(chosen is not None and chosen.revoked_ms is None)
        told, device = self._told, chosen.id if chosen is not None else ""
        self.quarantine.show_of(told.quarantine.get(device), told.decisions.get(device))

    def _code(self, kind: str) -> None:
        self.kiosk.setEnabled(False)
        self.office.setEnabled(False)
        task = self.desk.send(lambda: self._presenter.code(kind))
        task.then(self._show_code).always(self._idle)

    def _idle(self) -> None:
        self.kiosk.setEnabled(True)
        self.office.setEnabled(True)

    def _show_code(self, code: Code) -> None:
        self.dialog = CodeDialog(code, self.desk.services.server, self)
        self.dialog.show()

    def _ask_revoke(self) -> None:
        chosen = self.listing.table.current_row()
        if chosen is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle("停用设备")
        box.setText(f"停用“{chosen.name}”？")
        box.setInformativeText("停用后它不再收到任何数据，之后上传的记录先隔离，由管理人员处理。")
        yes = box.addButton("停用", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("取消", QMessageBox.ButtonRole.RejectRole)
        yes.clicked.connect(lambda _checked=False: self.revoke_now(chosen.id))
        box.open()

    def revoke_now(self, device_id: str) -> None:
        """Run the command, after the question was answered."""
        task = self.desk.send(lambda: self._presenter.revoke(device_id))
        task.then(lambda _answer: self._revoked())

    def _revoked(self) -> None:
        self.desk.messages.show_message("设备已停用。", "good")
        self.desk.sync.now()


class CodeDialog(QDialog):
    """The code, big enough to be read across a table."""

    def __init__(self, code: Code, server: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("配对码")
        self.setModal(True)
        self.code = label(code.shown, "title", wrap=False)
        self.code.setObjectName("pairing_code")
        self.code.setStyleSheet("font-size: 56px; font-weight: 700; letter-spacing: 6px;")
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 24, 32, 20)
        layout.setSpacing(14)
        layout.addWidget(
            label(f"在新的{wording.DEVICES[code.kind]}上输入服务器地址和这个配对码", "large", wrap=False)
        )
        layout.addWidget(self.code)
        self.server = label(f"服务器地址：{server}", "large")
        self.server.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.server)
        until = moment(from_ms(code.until_ms))
        layout.addWidget(
            label(f"30 分钟内有效（至 {until}），只能使用一次。关闭后不再显示，可以重新生成。", "soft")
        )
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button("关闭", self.accept, "primary", "code_close"))
        layout.addLayout(row)
