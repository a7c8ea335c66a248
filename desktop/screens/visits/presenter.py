"""What 执业历史 shows of one project: its visits, who was there when, and what was measured at each."""

from dataclasses import dataclass

from core.clock import Clock, ms_of
from core.db.store import Store
from core.devices.models import Device
from core.errors import NotHere
from core.visits.queries import FactLine, PlaceLine, VisitLine, facts_of, place_at, visit_lines
from desktop import wording
from desktop.ports import Evidence, FaceProof, Online
from desktop.screens.visits.plot import DayPlot, Plot, day_plot, plot_of


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """A project's visits, as of a moment."""

    visits: tuple[VisitLine, ...]
    now_ms: int

    @property
    def days(self) -> list[str]:
        """The days on which somebody began, the newest first."""
        return list(dict.fromkeys(visit.day for visit in self.visits))

    def plot(self, day: str) -> DayPlot:
        """Who was on site when on a day."""
        return day_plot(self.visits, day, self.now_ms)


@dataclass(frozen=True, slots=True)
class Measured:
    """What this copy holds of a visit beside its verdict."""

    visit: VisitLine
    place: PlaceLine | None
    start: FactLine | None
    end: FactLine | None
    devices: dict[str, str]
    still: bool
    """Whether one of its devices takes a picture for a person, as only the demo's may."""

    @property
    def plot(self) -> Plot:
        """The small map."""
        return plot_of(self.place, self.start, self.end)


class VisitsPresenter:
    """Reads the local copy, and the evidence from the server; every method is called in a lane."""

    def __init__(self, store: Store, online: Online, clock: Clock) -> None:
        self._store, self._online, self._clock = store, online, clock

    def page(self, project_id: str) -> VisitsPage:
        """The visits of a project."""
        with self._store.reading() as db:
            return VisitsPage(tuple(visit_lines(db, project_id)), ms_of(self._clock.now()))

    def measured(self, project_id: str, visit_id: str) -> Measured:
        """One visit with its facts, the place as it was, and the devices."""
        with self._store.reading() as db:
            visit = next((v for v in visit_lines(db, project_id) if v.id == visit_id), None)
            if visit is None:
                raise NotHere("visits.unknown", "本机还没有这次执业的数据")
            start, end = facts_of(db, visit)
            rows = [db.get(Device, f.device_id) for f in (start, end) if f is not None and f.device_id]
            known = [row for row in rows if row is not None]
            return Measured(
                visit=visit,
                place=place_at(db, project_id, visit.started_ms),
                start=start,
                end=end,
                devices={row.id: row.name for row in known},
                still=any(row.still_for_live for row in known),
            )

    def evidence(self, visit_id: str) -> Evidence:
        """Photo and scores; the server says who may have them."""
        return self._online.evidence(visit_id)


def position_rows(
    fact: FactLine | None, distance_m: float | None, devices: dict[str, str]
) -> list[tuple[str, str]]:
    """What was measured at a start or an end, in words."""
    if fact is None:
        return []
    if fact.lat is None:
        rows = [("位置", "无法取得位置")]
    else:
        accuracy = f"± {fact.accuracy_m:.0f} 米" if fact.accuracy_m is not None else ""
        flags = "、".join(wording.FLAGS.get(flag, flag) for flag in fact.flags)
        rows = [
            ("距项目", wording.rounded_metres(distance_m)),
            ("定位精度", accuracy),
            ("定位距今", f"{fact.age_ms / 1000:.0f} 秒前" if fact.age_ms is not None else ""),
            ("来源", wording.SOURCES.get(fact.source or "", fact.source or "")),
        ]
        if flags:
            rows.append(("提示", flags))
    device = devices.get(fact.device_id or "", "")
    return [*rows, ("设备", device), ("时间", wording.PROOFS.get(fact.proof, fact.proof))]


def face_rows(proof: FaceProof | None) -> list[tuple[str, str]]:
    """What the face check said, in words."""
    if proof is None:
        return []
    score = "" if proof.score is None else f"{proof.score:.3f}"
    threshold = "" if proof.threshold is None else f"（阈值 {proof.threshold:.3f}）"
    return [
        ("比对得分", score + threshold),
        ("活体", wording.LIVENESS.get(proof.liveness or "", proof.liveness or "")),
        ("动作", wording.challenge(proof.challenge)),
        ("模型", proof.engine or ""),
    ]
