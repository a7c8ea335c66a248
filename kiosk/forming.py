"""The day's form in somebody's hands: opened by his face, kept at every change, reviewed, sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.qt.messages import MessageBar
from core.qt.tasks import Tasks
from kiosk.events import Event, Reviewed, SubmitDone, SubmitFailed, TookPhoto, WentBack
from kiosk.ports import Forms
from kiosk.shown import Draft, Form, Photo, Problem, Review

_KEEP_AFTER_MS = 400
_LANE = "forms"


class Forming(QObject):
    """Holds one form while it is being filled; the screens show it and hand back what was typed."""

    opened = Signal(object)
    """The form with what was typed before."""
    edited = Signal(object)
    """The draft, after something other than typing has changed it."""
    left = Signal()
    """The person is done or gone: nothing of his stays on the screen."""

    def __init__(
        self,
        forms: Forms,
        tasks: Tasks,
        messages: MessageBar,
        send: Callable[[Event], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._forms, self._tasks, self._messages, self._send = forms, tasks, messages, send
        self._pass: str | None = None
        self.form: Form | None = None
        self.draft = Draft()
        self._changed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.keep)

    def open(self, pass_id: str) -> None:
        """Fetch the form of whom the pass names."""
        self._pass, self.form, self.draft = pass_id, None, Draft()
        opening = self._tasks.run(lambda: self._forms.open(pass_id), _LANE)
        opening.then(lambda form: self._opened(pass_id, form)).otherwise(self._not_opened)

    def leave(self) -> None:
        """The person is done or gone: keep what he typed, and forget it here."""
        self.keep()
        self._pass, self.form, self.draft = None, None, Draft()
        self.left.emit()

    def change(self, draft: Draft) -> None:
        """Something was typed or pressed; it is kept as soon as the fingers rest."""
        self.draft, self._changed = draft, True
        self._timer.start(_KEEP_AFTER_MS)

    def keep(self) -> None:
        """Keep what is typed now, if it is not kept yet."""
        if not self._changed or self.form is None:
            return
        self._changed = False
        self._timer.stop()
        form, draft = self.form.id, self.draft
        self._tasks.run(lambda: self._forms.keep(form, draft), _LANE).otherwise(self._not_kept)

    def review(self) -> None:
        """Ask the rules; what is missing is said, otherwise the flow goes on to the confirmation."""
        self.keep()
        if self.form is None:
            return
        form, draft = self.form.id, self.draft
        asked = self._tasks.run(lambda: self._forms.review(form, draft), _LANE)
        asked.then(self._reviewed).otherwise(self._complain)

    def submit(self) -> None:
        """Write the form down."""
        self.keep()
        if self.form is None:
            self._send(SubmitFailed())
            return
        form, draft = self.form.id, self.draft
        sent = self._tasks.run(lambda: self._forms.submit(form, draft), _LANE)
        sent.then(lambda receipt: self._send(SubmitDone(receipt))).otherwise(self._not_sent)

    def add_photo(self, problem: int, image: Any) -> None:
        """Keep one picture of the camera and attach it to a problem."""
        if self.form is None:
            return
        form = self.form.id
        kept = self._tasks.run(lambda: self._forms.add_photo(form, image), _LANE)
        kept.then(lambda photo: self._attach(form, problem, photo)).otherwise(self._complain)

    def _opened(self, pass_id: str, form: Form) -> None:
        if pass_id == self._pass:
            self.form, self.draft, self._changed = form, form.draft, False
            self.opened.emit(form)

    def _not_opened(self, error: BaseException) -> None:
        self._messages.show_error(error)
        self._send(WentBack())

    def _reviewed(self, review: Review) -> None:
        if review.faults:
            self._messages.show_message("还不能提交：" + "；".join(review.faults), "bad")
        else:
            self._messages.clear()
            self._send(Reviewed(review.closing))

    def _not_sent(self, error: BaseException) -> None:
        self._messages.show_error(error)
        self._send(SubmitFailed())

    def _not_kept(self, error: BaseException) -> None:
        self._changed = True  # the next pause, or leaving, tries again
        self._complain(error)

    def _complain(self, error: BaseException) -> None:
        self._messages.show_error(error)

    def _attach(self, form: str, problem: int, photo: Photo) -> None:
        if self.form is None or self.form.id != form:
            return
        problems = list(self.draft.problems)
        while len(problems) <= problem:
            problems.append(Problem())
        problems[problem] = replace(problems[problem], photos=(*problems[problem].photos, photo))
        self.change(replace(self.draft, problems=tuple(problems)))
        self.keep()
        self.edited.emit(self.draft)
        self._send(TookPhoto())
