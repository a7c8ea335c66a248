"""The tab 委托单位: contacts, a new invitation as QR code, and the confirmation without which nobody may start."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from core.clock import from_ms
from core.qt.looks import button, label
from core.qt.rows import Column, RowsModel
from core.qt.wording import moment
from desktop.desk import Desk
from desktop.screens.contacts.invitation import InvitationDialog
from desktop.screens.contacts.presenter import ContactLine, ContactsPage, ContactsPresenter, Invitation
from desktop.shell.asking import ReasonDialog
from desktop.shell.parts import Listing
from desktop.shell.saying import said
from desktop.shell.tab import Part

EMPTY = (
    "还没有联系人。\n点“新增单位联系人”，请委托单位的联系人用手机扫描二维码登记；\n"
    "登记后在这里点“确认联系人”，项目才能开始执业。"
)
END = (
    "停用联系人",
    "停用后他不再收到消息，也不能再评价，不能恢复。本项目没有其他已确认的联系人时，任何人都不能开始执业，"
    "需要重新邀请并确认。\n原因记入项目进度。",
    "停用",
    "联系人已停用。",
)
NOT_MINE = "联系人由项目负责人或公司管理人员邀请、确认和停用。"
_TONES = {"已确认": "good", "待确认": "warn", "已停用": "plain"}


def _detail(name: str) -> Column[ContactLine]:
    titles = {"name": "姓名", "telephone": "手机号码", "job": "职务", "client": "单位名称"}
    return Column[ContactLine](titles[name], lambda c: str(getattr(c.details, name)) if c.details else "—")


COLUMNS = (
    _detail("name"),
    Column[ContactLine]("状态", lambda c: c.state),
    _detail("job"),
    _detail("telephone"),
    Column[ContactLine](
        "登记时间", lambda c: moment(from_ms(c.registered_ms)), sort=lambda c: c.registered_ms
    ),
    Column[ContactLine]("确认时间", lambda c: moment(from_ms(c.confirmed_ms)) if c.confirmed_ms else "—"),
    Column[ContactLine]("接收消息", lambda c: "已关注" if c.follows else "未关注"),
    _detail("client"),
)
STATE_COLUMN = 1


class ContactsPart(Part):
    """Table and three buttons."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._presenter = ContactsPresenter(desk.store, desk.online, desk.me, desk.clock)
        self._pages = self.loader(self._show_local)
        self._named = self.loader(self._show, lane="online")
        self.model = RowsModel(COLUMNS, lambda contact: contact.id)
        self.listing = Listing(self.model, EMPTY)
        self.listing.chip(STATE_COLUMN, lambda c: _TONES[c.state])
        self.listing.widths(96, 88, 110, 130, 140, 140, 84)
        self.listing.table.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.invite = button("新增单位联系人", self._invite, "primary", "contact_invite")
        self.confirm = button("确认联系人", self._confirm, "", "contact_confirm")
        self.end = button("停用联系人…", self._ask_end, "", "contact_end")
        self.state = label("", "note", "warn")
        self._allowed = False
        self.dialog: InvitationDialog | None = None
        self.asking: ReasonDialog | None = None
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.end)
        row.addWidget(self.confirm)
        row.addWidget(self.invite)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(row)
        layout.addWidget(self.listing, 1)
        self._enable()

    def clear(self) -> None:
        """Another project."""
        self.model.set_rows([])
        self.state.clear()
        self._allowed = False
        self._enable()

    def read(self) -> None:
        """The local rows at once, the names when the server answers."""
        project_id = self.project_id
        if self.model.rowCount():
            self._ask_names()
        else:
            self._pages.ask(lambda: self._presenter.page(project_id), project_id)

    def _ask_names(self) -> None:
        project_id = self.project_id
        self._named.ask(lambda: self._presenter.named(project_id), project_id)

    def _show_local(self, page: ContactsPage) -> None:
        self._show(page)
        if page.contacts:
            self._ask_names()

    def _show(self, page: ContactsPage) -> None:
        self._allowed = page.allowed
        self.model.set_rows(page.contacts)
        if page.contacts and self.listing.table.current_row() is None:
            self.listing.table.selectRow(0)
        text, tone = _standing(page)
        self.state.setText(text)
        self.state.setProperty("tone", tone)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)
        self._enable()

    def _enable(self) -> None:
        chosen = self.listing.table.current_row()
        self.invite.setEnabled(self._allowed)
        self.confirm.setEnabled(self._allowed and chosen is not None and chosen.state == "待确认")
        self.end.setEnabled(self._allowed and chosen is not None and chosen.state != "已停用")

    def _invite(self) -> None:
        project_id = self.project_id
        self.invite.setEnabled(False)
        task = self.desk.send(lambda: self._presenter.invite(project_id))
        task.then(self._show_invitation).always(self._enable)

    def _show_invitation(self, invitation: Invitation) -> None:
        self.dialog = InvitationDialog(invitation, self.desk.messages, self, demo=self.desk.me.demo)
        self.dialog.show()

    def _confirm(self) -> None:
        chosen = self.listing.table.current_row()
        if chosen is None:
            return
        project_id, contact_id = self.project_id, chosen.id
        self.confirm.setEnabled(False)
        task = self.desk.send(lambda: self._presenter.confirm(project_id, contact_id))
        task.then(lambda _answer: self._confirmed()).always(self._enable)

    def _ask_end(self) -> None:
        chosen = self.listing.table.current_row()
        if chosen is None:
            return
        presenter, project_id, contact_id = self._presenter, self.project_id, chosen.id
        who = f"“{chosen.details.name}”" if chosen.details else ""
        self.asking = ReasonDialog(
            self.desk,
            self,
            (END[0] + who, *END[1:]),
            lambda reason, command_id: presenter.end(project_id, contact_id, reason, command_id),
        )
        self.asking.show()

    def _confirmed(self) -> None:
        self.desk.messages.show_message("联系人已确认，项目可以开始执业。", "good")
        self.desk.sync.now()


def _standing(page: ContactsPage) -> tuple[str, str]:
    if not page.allowed:
        return NOT_MINE, "warn"
    if page.trouble is not None:
        return f"联系人姓名暂时无法显示：{said(page.trouble)}", "warn"
    if page.confirmed:
        return "已有确认的联系人，可以开始执业。", "good"
    return "还没有已确认的联系人：确认之前，任何人都不能在本项目开始执业。", "warn"
