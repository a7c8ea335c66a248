"""The day's feedback form (F-2): one long page under the finger, kept at every change."""

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.qt.looks import button, clear, label
from core.qt.theme import KIOSK
from core.qt.touch import TouchArea
from kiosk.desk import Desk
from kiosk.events import AskedPhoto
from kiosk.screens.form_parts import Choice, ItemPart, Problems, people_table, phrases_for, section, text_box
from kiosk.screens.page import Page
from kiosk.shown import Draft, Form, ItemEntry
from kiosk.states import Filling

_YES_NO = ((True, "是", ""), (False, "否", ""))


class FormScreen(Page):
    """Builds the form that came, and reads it back after every change."""

    title = "执业反馈单"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, back="暂存并返回")
        self._all = QVBoxLayout()
        self._all.setContentsMargins(0, 0, 6, 0)
        self._all.setSpacing(KIOSK.gap)
        self._area = TouchArea(self._all)
        self.body.addWidget(self._area, 1)
        self._submit = self.add_next(button("提交", desk.forming.review, "primary", "submit"))
        self._submit.setEnabled(False)
        self._building = False
        self._items: list[ItemPart] = []
        self._problems: Problems | None = None
        desk.forming.opened.connect(self._build)
        desk.forming.edited.connect(self._edited)
        desk.forming.left.connect(self._forget)

    def enter(self, state: Filling) -> None:
        """A form that is open already comes back from a photo or a confirmation as it was left."""
        if self.desk.forming.form is None:
            self._wait()

    def show_state(self, state: Filling) -> None:
        """The form itself comes through ``Forming``."""

    def _forget(self) -> None:
        """Names, words and photos go with the person; hidden widgets would keep them until the next."""
        self._problems, self._items = None, []
        clear(self._all)

    def _wait(self) -> None:
        clear(self._all)
        self._submit.setEnabled(False)
        self._all.addWidget(label("正在打开反馈单…", "big"))
        self._all.addStretch(1)

    def _build(self, form: Form) -> None:
        clear(self._all)
        self._building = True
        draft = form.draft
        self._all.addWidget(self._head(form))
        self._all.addWidget(section("执业人员", people_table(form.people)))
        if form.items:
            self._all.addWidget(self._item_section(form))
        else:
            self._items = []
        self._all.addWidget(section("完成的工作", *self._work_parts(form)))
        self._problems = Problems(draft.problems, self._changed, self._photo, form.problem_phrases)
        self._all.addWidget(section("发现的问题", self._problems))
        self._remarks = text_box("没有可不填", self._changed, 2, "remarks")
        self._remarks.setPlainText(draft.remarks)
        self._all.addWidget(section("备注", self._remarks))
        self._complete = Choice(_YES_NO, draft.complete, self._changed)
        self._complete.setObjectName("complete")
        self._all.addWidget(section(form.complete_question, self._complete))
        self._all.addStretch(1)
        self._building = False
        self._submit.setEnabled(True)
        self._area.verticalScrollBar().setValue(0)

    def _head(self, form: Form) -> QWidget:
        about = [f"日期 {form.day.isoformat()}", f"填写人 {form.person_name}"]
        if form.period:
            about.append(f"维保期 {form.period}")
        return section(form.project_name, label("　".join(about), "soft"))

    def _item_section(self, form: Form) -> QWidget:
        entered = {entry.item_id: entry for entry in form.draft.items}
        self._items = [
            ItemPart(item, entered.get(item.id, ItemEntry(item.id)), self._changed) for item in form.items
        ]
        return section("本期维保项目", *self._items)

    def _work_parts(self, form: Form) -> list[QWidget]:
        self._work = text_box("今天在现场做了什么", self._changed, 4, "work")
        self._work.setPlainText(form.draft.work)
        return [self._work, phrases_for(self._work, form.phrases)] if form.phrases else [self._work]

    def _photo(self, problem: int) -> None:
        self._changed()
        self.desk.send(AskedPhoto(problem))

    def _edited(self, draft: Draft) -> None:
        """A photo has come; what is typed stays under the finger."""
        if self._problems is not None:
            self._building = True
            self._problems.fill(draft.problems)
            self._building = False

    def _changed(self) -> None:
        if self._building or self._problems is None or self.desk.forming.form is None:
            return
        complete = self._complete.value()
        draft = replace(
            self.desk.forming.draft,
            work=self._work.toPlainText().strip(),
            items=tuple(part.value() for part in self._items),
            problems=self._problems.value(),
            remarks=self._remarks.toPlainText().strip(),
            complete=complete if isinstance(complete, bool) else None,
        )
        self.desk.forming.change(draft)
