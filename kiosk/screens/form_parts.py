"""The parts of the feedback form: people, items, problems, a question; each knows what was entered in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from core.qt.icons import icon
from core.qt.images import from_jpeg, rounded
from core.qt.looks import button, clear, column, dress, frame, label
from core.qt.theme import COLOURS
from core.qt.wording import hour
from kiosk.screens.sure import Sure
from kiosk.shown import FormItem, ItemEntry, ItemOutcome, Photo, Presence, Problem

Changed = Callable[[], None]

_OUTCOMES = (
    (ItemOutcome.DONE, "完成", ""),
    (ItemOutcome.NOT_DONE, "未完成", "warn"),
    (ItemOutcome.ABNORMAL, "异常", "bad"),
)
_THUMB, _THUMBS = 76, 5


def text_box(hint: str, changed: Changed, lines: int = 3, name: str = "") -> QPlainTextEdit:
    """A field for several lines, high enough for a finger."""
    made = QPlainTextEdit()
    made.setObjectName(name)
    made.setPlaceholderText(hint)
    made.setTabChangesFocus(True)
    made.setFixedHeight(34 * lines + 28)
    made.textChanged.connect(changed)
    return made


def section(title: str, *widgets: QWidget) -> QWidget:
    """A titled part of the form."""
    return frame("tile", column(label(title, "large"), *widgets, gap=12, margin=20))


def people_table(people: Sequence[Presence]) -> QWidget:
    """Everybody's times of the day, what counts and why zero."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(10)
    for place, title in enumerate(("姓名", "开始", "结束", "计时")):
        grid.addWidget(label(title, "heading", wrap=False), 0, place)
    for row, one in enumerate(people, start=1):
        ended = hour(one.ended_at) if one.ended_at is not None else "执业中"
        counted = "，".join(text for text in (one.counted, one.reason) if text) or "—"
        for place, text in enumerate((one.name, hour(one.started_at), ended, counted)):
            grid.addWidget(label(text, wrap=place == 3), row, place)
    grid.setColumnStretch(3, 1)
    return table


class Choice(QWidget):
    """Some answers of which one can be chosen."""

    def __init__(self, answers: Sequence[tuple[object, str, str]], chosen: object, changed: Changed) -> None:
        super().__init__()
        self._answers = [answer for answer, _, _ in answers]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for number, (answer, text, tone) in enumerate(answers):
            made = button(text, name=f"answer_{number}")
            made.setCheckable(True)
            made.setChecked(answer == chosen)
            dress(made, "", tone)
            self._group.addButton(made, number)
            row.addWidget(made, 1)
        self._group.idToggled.connect(lambda _number, on: changed() if on else None)

    def value(self) -> object:
        """The chosen answer, None before one is chosen."""
        number = self._group.checkedId()
        return None if number < 0 else self._answers[number]


class ItemPart(QWidget):
    """One item of the period: what became of it, and a note."""

    def __init__(self, item: FormItem, entry: ItemEntry, changed: Changed) -> None:
        super().__init__()
        self._entry = entry
        self._changed = changed
        self._outcome = Choice(_OUTCOMES, entry.outcome, self._decided)
        self._outcome.setObjectName(f"item_{item.id}")
        self._note = text_box("请说明情况", changed, lines=2, name=f"note_{item.id}")
        self._note.setPlainText(entry.note)
        title = label(f"{item.system} · {item.title}")
        self.setLayout(column(title, self._outcome, self._note))
        self._show_note()

    def value(self) -> ItemEntry:
        """What was entered."""
        outcome = self._outcome.value()
        chosen = outcome if isinstance(outcome, ItemOutcome) else None
        return replace(self._entry, outcome=chosen, note=self._note.toPlainText().strip())

    def _decided(self) -> None:
        self._show_note()
        self._changed()

    def _show_note(self) -> None:
        needed = self._outcome.value() in (ItemOutcome.NOT_DONE, ItemOutcome.ABNORMAL)
        self._note.setVisible(needed or bool(self._note.toPlainText()))


def phrases_for(field: QPlainTextEdit, phrases: Sequence[str]) -> QWidget:
    """Buttons that type for whoever has no keyboard; two in a row, more are wider than an upright tablet."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)

    def say(phrase: str) -> None:
        typed = field.toPlainText().rstrip()
        field.setPlainText(f"{typed}\n{phrase}" if typed else phrase)

    for number, phrase in enumerate(phrases):
        grid.addWidget(button(phrase, partial(say, phrase), "small"), number // 2, number % 2)
    grid.setColumnStretch(2, 1)
    return made


@dataclass(frozen=True)
class ProblemActs:
    """What can be done with problems, by their number, and the sentences that often fit."""

    changed: Changed
    photo: Callable[[int], None]
    remove: Callable[[int], None]
    remove_photo: Callable[[int, int], None]
    phrases: Sequence[str] = ()


class ProblemPart(QWidget):
    """One problem that was found, in words and photos."""

    def __init__(self, number: int, problem: Problem, acts: ProblemActs) -> None:
        super().__init__()
        self._problem = problem
        self._text = text_box(
            "部位和情况，例如：三层东侧应急照明灯不亮", acts.changed, 2, f"problem_{number}"
        )
        self._text.setPlainText(problem.text)
        row = QHBoxLayout()
        row.setSpacing(12)
        take = button("拍照", partial(acts.photo, number), "", f"photo_{number}")
        take.setIcon(icon("camera", COLOURS.ink))
        row.addWidget(take)
        row.addStretch(1)
        # Words and photos go with it.
        gone = Sure("删除问题", "再按一次删除", partial(acts.remove, number), "plain", f"remove_{number}")
        row.addWidget(gone.button)
        layout = column(self._text, gap=12)
        if acts.phrases:
            layout.addWidget(phrases_for(self._text, acts.phrases))
        thumbs = QGridLayout()
        thumbs.setColumnStretch(_THUMBS, 1)
        for place, kept in enumerate(problem.photos):
            thumb = _thumb(kept, f"{number}_{place}", partial(acts.remove_photo, number, place))
            thumbs.addLayout(thumb, place // _THUMBS, place % _THUMBS)
        layout.addLayout(thumbs)
        layout.addLayout(row)
        self.setLayout(layout)

    def value(self) -> Problem:
        """What was entered."""
        return replace(self._problem, text=self._text.toPlainText().strip())


def _thumb(kept: Photo, name: str, remove: Changed) -> QVBoxLayout:
    picture = label()
    picture.setPixmap(rounded(from_jpeg(kept.jpeg), _THUMB, _THUMB, 8))
    return column(picture, Sure("删除", "再按一次", remove, "plain", f"remove_photo_{name}").button, gap=4)


class Problems(QWidget):
    """The list of problems, which grows as needed."""

    def __init__(
        self,
        problems: Sequence[Problem],
        changed: Changed,
        photo: Callable[[int], None],
        phrases: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._changed = changed
        self._acts = ProblemActs(changed, photo, self._remove, self._remove_photo, phrases)
        self._parts: list[ProblemPart] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(20)
        add = button("添加一个问题", self._add, "", "add_problem")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(self._list)
        layout.addWidget(add)
        self.fill(problems)

    def fill(self, problems: Sequence[Problem]) -> None:
        """Show these problems instead."""
        clear(self._list)
        self._parts = [self._part(number, problem) for number, problem in enumerate(problems)]
        for part in self._parts:
            self._list.addWidget(part)

    def value(self) -> tuple[Problem, ...]:
        """What was entered."""
        return tuple(part.value() for part in self._parts)

    def _part(self, number: int, problem: Problem) -> ProblemPart:
        return ProblemPart(number, problem, self._acts)

    def _add(self) -> None:
        self.fill((*self.value(), Problem()))
        self._changed()

    def _remove(self, number: int) -> None:
        self.fill([problem for place, problem in enumerate(self.value()) if place != number])
        self._changed()

    def _remove_photo(self, number: int, photo: int) -> None:
        problems = list(self.value())
        kept = [one for place, one in enumerate(problems[number].photos) if place != photo]
        problems[number] = replace(problems[number], photos=tuple(kept))
        self.fill(problems)
        self._changed()
