"""When a project takes no more starts because its site work is complete, and when it takes them again (J-7)."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable

from core.visits.facts import Order, Reopened
from core.visits.outcome import Completion


class Completions:
    """Completing forms and reopenings of projects, in the order of time."""

    def __init__(self, known: Iterable[Completion], reopened: Iterable[Reopened]) -> None:
        self._forms: dict[str, list[Order]] = defaultdict(list)
        self._reopened: dict[str, list[int]] = defaultdict(list)
        self._rechecks: dict[str, list[int]] = defaultdict(list)
        for completion in known:
            self.add(completion)
        for moment in sorted(set(reopened), key=lambda moment: moment.t_ms):
            self._reopened[moment.project].append(moment.t_ms)
            if moment.recheck:
                self._rechecks[moment.project].append(moment.t_ms)

    def add(self, completion: Completion) -> None:
        """A form completes its project."""
        insort(self._forms[completion.project], (completion.t_ms, completion.form_id))

    def bars(self, project: str, start: Order) -> bool:
        """Whether a start comes after a completing form and before any reopening."""
        forms = self._forms.get(project)
        at = bisect_left(forms, start) if forms else 0
        if not forms or at == 0:
            return False
        reopened = self._reopened.get(project, [])
        following = bisect_left(reopened, forms[at - 1][0])
        return following == len(reopened) or reopened[following] > start[0]

    def recheck_before(self, project: str, t_ms: int) -> int | None:
        """When the project last went to 待复检 before a moment."""
        rechecks = self._rechecks.get(project, [])
        at = bisect_right(rechecks, t_ms)
        return rechecks[at - 1] if at else None
