"""补填反馈单: the day's form, written in the office when nobody on site can (F-1)."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from core.qt.looks import label
from desktop.desk import Desk
from desktop.screens.feedback.office import OfficeDays, OfficeText, OfficeWriter
from desktop.shell.asking import AskDialog
from desktop.shell.parts import Choice

FOLLOWS = (
    "反馈单由现场人员填写；现场没有人能填写时，由项目负责人或公司管理人员在这里补填，每天一份。\n"
    "提交后内容不能修改，并推送给委托单位联系人评价；该日期不能再开始执业。"
)


class OfficeFormDialog(AskDialog):
    """Day, work, problems one a line, remarks, and whether the work is complete (F-2)."""

    def __init__(self, desk: Desk, parent: QWidget, writer: OfficeWriter, days: OfficeDays) -> None:
        super().__init__(
            desk, parent, "补填执业反馈单", FOLLOWS, "提交", "反馈单已提交，同步后会出现在列表里。"
        )
        self._writer, self._project_id = writer, days.project_id
        self.day = Choice()
        self.day.setAccessibleName("日期")
        self.day.addItems(list(days.days))
        self.work_done = _box("工作内容", 84)
        self.problems = _box("发现问题", 84)
        self.remarks = _box("备注", 48)
        self.complete = QCheckBox("本期维保工作已完成" if days.kind == "maintenance" else "现场工作已完成")
        self._add(
            (
                ("日期", self.day),
                ("工作内容（必填）", self.work_done),
                ("发现问题（每行一个，没有可以不填）", self.problems),
                ("备注", self.remarks),
            )
        )
        self.body.addWidget(self.complete)
        self.work_done.textChanged.connect(self.changed)
        self.changed()

    def content(self) -> OfficeText:
        """As typed."""
        problems = (line.strip() for line in self.problems.toPlainText().splitlines())
        return OfficeText(
            day=self.day.currentText(),
            work=self.work_done.toPlainText().strip(),
            problems=tuple(line for line in problems if line),
            remarks=self.remarks.toPlainText().strip(),
            complete=self.complete.isChecked(),
        )

    def fault(self) -> str:
        """Only the work must be there."""
        return "" if self.work_done.toPlainText().strip() else "请填写完成的工作内容"

    def work(self, content: Any, command_id: str) -> Callable[[], object]:
        """Submit it."""
        project_id = self._project_id
        return lambda: self._writer.submit(project_id, content, command_id)

    def _add(self, fields: Sequence[tuple[str, QWidget]]) -> None:
        for title, field in fields:
            made = label(title, "soft")
            made.setBuddy(field)
            self.body.addWidget(made)
            self.body.addWidget(field)


def _box(name: str, height: int) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFixedHeight(height)
    return made
