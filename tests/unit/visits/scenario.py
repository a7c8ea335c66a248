"""Days on sites written down as they are told: ``story("1日 09:00 甲 开始 P", ...)`` gives verdicts to ask about.

A line is day, time, person, what, project, then marks: 超出 (outside), 无位置, 未证 (unproven), 存疑 (position in
doubt), 完成 (complete), 办公室, 违反 S-2, 属1日 (the day that a form is of). Each line's id is its place: 01, 02, …
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.visits.facts import DAY_MS, UNPROVEN, End, Fact, Form, Reopened, Seal, SealKind, Start
from core.visits.outcome import DayForm, Note, Verdicts, Visit
from core.visits.sealing import seal_day
from core.visits.verdict import fold

LINE = re.compile(r"(\d+)日 (\d\d):(\d\d)(?::(\d\d))? (\S+) (开始|结束|反馈) (\S+)(.*)")


def moment(text: str) -> int:
    """``2日 09:30`` in milliseconds."""
    found = re.fullmatch(r"(\d+)日 (\d\d):(\d\d)(?::(\d\d))?", text)
    assert found, text
    day, hour, minute, second = (int(part or 0) for part in found.groups())
    return day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000


def read(line: str, number: int) -> Fact:
    """One line as a fact."""
    found = LINE.fullmatch(line)
    assert found, line
    day, hour, minute, second, person, what, project, rest = found.groups()
    marks = rest.split()
    head = (
        f"{number:02d}",
        moment(f"{day}日 {hour}:{minute}:{second or '00'}"),
        UNPROVEN if "未证" in marks else "proven",
        person,
        project,
    )
    broken = (marks[marks.index("违反") + 1],) if "违反" in marks else ()
    if what == "开始":
        return Start(*head, f"{day}日", broken, soft="存疑" in marks)
    if what == "结束":
        return End(*head, outside="超出" in marks, no_position="无位置" in marks, broken=broken)
    own_day = next((mark[1:] for mark in marks if mark.startswith("属")), f"{day}日")
    return Form(*head, own_day, complete="完成" in marks, office="办公室" in marks, broken=broken)


@dataclass
class Story:
    """The facts of a scenario, what was sealed and reopened, and the verdicts on all of it."""

    facts: list[Fact]
    now: str = "30日 00:00"
    seals: list[Seal] = field(default_factory=list)
    reopened: list[Reopened] = field(default_factory=list)

    @property
    def verdicts(self) -> Verdicts:
        """As the fold gives them."""
        return fold(self.facts, self.seals, self.reopened, as_of_ms=moment(self.now))

    def visit(self, number: int) -> Visit:
        """The visit that began with a line."""
        return self.verdicts.visits[f"{number:02d}"]

    def note(self, number: int) -> Note | None:
        """What a line's fact was told."""
        return self.verdicts.notes.get(f"{number:02d}")

    def form(self, project: str, day: str) -> DayForm | None:
        """The form that counts."""
        return self.verdicts.forms.get((project, day))

    def seal(self, project: str, day: str, kind: SealKind = SealKind.EVALUATED) -> "Story":
        """The same, after the server sealed a day."""
        seal = seal_day(len(self.seals), (project, day), kind, self.facts, self.verdicts)
        return Story(self.facts, self.now, [*self.seals, seal], self.reopened)

    def then(self, *lines: str) -> "Story":
        """The same, with more that arrived later."""
        more = [read(line, len(self.facts) + place) for place, line in enumerate(lines, 1)]
        return Story([*self.facts, *more], self.now, self.seals, self.reopened)


def story(*lines: str, now: str = "30日 00:00", reopened: Iterable[Reopened] = ()) -> Story:
    """A scenario from its lines."""
    facts = [read(line, number) for number, line in enumerate(lines, 1)]
    return Story(facts, now, reopened=list(reopened))


def said(visit: Visit) -> str:
    """A verdict in the manual's words: state, then reasons or the rule."""
    words = [visit.state.zh, *(reason.zh for reason in visit.reasons), *([visit.rule] if visit.rule else [])]
    return " ".join(words)


def told(note: Note | None) -> str:
    """A note in the manual's words, with its rule."""
    return f"{note.kind.zh} {note.rule}" if note else "–"
