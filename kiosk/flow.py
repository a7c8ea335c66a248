"""The kiosk's state machine: pure, without Qt, clock or database. Never a dead end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk import events as e
from kiosk import states as s
from kiosk.memory import Flow as Flow
from kiosk.memory import Limits as Limits
from kiosk.shown import Action, Refused, Trouble

FAILURES = 3
_FORGET_SECONDS = 600.0
_BEFORE_A_RESULT = s.Idle | s.Choosing | s.Claiming | s.Looking | s.TurnedAway | s.Paused
"""Where a fact that was written meanwhile is shown at once: nobody else's result stands there."""


def begin(paired: bool, now: float, limits: Limits | None = None) -> Flow:
    """The flow of a kiosk that was just switched on."""
    flow = Flow(s.Idle(), touched_at=now, paired=paired, limits=limits or Limits())
    return _home(flow)


def advance(flow: Flow, event: e.Event, now: float) -> Flow:
    """What becomes of the flow by one event; an event that does not belong to the state changes nothing."""
    if not isinstance(event, e.MACHINE):
        flow = replace(flow, touched_at=now)
    match event:
        case e.Tick():
            return _after_time(flow, now)
        case e.TroubleChanged(trouble):
            return _with_trouble(flow, trouble)
        case e.PairingDone():
            return _home(replace(flow, paired=True))
        case e.Succeeded():
            return _after_success(flow, event, now)
        case e.Failed():
            return _after_failure(flow, event, now)
    step: Callable[[Flow, Any, e.Event, float], Flow] = _STEPS[type(flow.state)]
    return step(flow, flow.state, event, now)


def _home(flow: Flow) -> Flow:
    if not flow.paired:
        return replace(flow, state=s.Pairing(first=True))
    return _with_trouble(replace(flow, state=s.Idle()), flow.trouble)


def _after_time(flow: Flow, now: float) -> Flow:
    if flow.failures and now - flow.failed_at > _FORGET_SECONDS:
        flow = replace(flow, failures=0)
    if isinstance(flow.state, s.Paused):
        return _home(flow) if now >= flow.state.until else flow
    if flow.seconds_left(now) != 0.0:
        return flow
    return _abandon(flow, flow.state, now) if isinstance(flow.state, s.Looking) else _home(flow)


def _with_trouble(flow: Flow, trouble: Trouble | None) -> Flow:
    """Trouble takes the whole screen only where nobody is at work, and only until it has been read."""
    code = trouble.code if trouble is not None else ""
    flow = replace(flow, trouble=trouble, waved_off=flow.waved_off if flow.waved_off == code else "")
    if trouble is None or not trouble.stops_all or flow.waved_off == code:
        return replace(flow, state=s.Idle()) if isinstance(flow.state, s.Troubled) else flow
    return replace(flow, state=s.Troubled(trouble)) if isinstance(flow.state, s.Idle | s.Troubled) else flow


def _after_success(flow: Flow, event: e.Succeeded, now: float) -> Flow:
    """A look that went well is shown; a fact is shown even if 取消 was pressed meanwhile."""
    looking = isinstance(flow.state, s.Looking) and flow.state.number == event.number
    waiting = isinstance(flow.state, _BEFORE_A_RESULT)
    if not looking and not (waiting and event.action in (Action.START, Action.END)):
        return flow
    flow = replace(flow, failures=0, touched_at=now)
    match event.action:
        case Action.FORM:
            return replace(flow, state=s.Filling(event.project, event.accepted))
        case Action.RECORDS:
            return replace(flow, state=s.Records(event.project, event.accepted))
    return replace(flow, state=s.Welcomed(event.project, event.action, event.accepted))


def _after_failure(flow: Flow, event: e.Failed, now: float) -> Flow:
    """Failures of the face add up over persons and screens, so that going back is no way around S-3."""
    if event.refused.face_failed and event.number != flow.abandoned:
        flow = _count_failure(flow, event.refused, now)
    state = flow.state
    if not (isinstance(state, s.Looking) and state.number == event.number):
        return flow
    away = s.TurnedAway(state.project, state.action, state.claims, event.refused)
    return replace(flow, state=away, touched_at=now)


def _abandon(flow: Flow, state: s.Looking, now: float) -> Flow:
    """Leaving a look is free until a face was compared; from then on it is a failure like another (S-3)."""
    left = replace(flow, state=s.Choosing(state.project)) if flow.seconds_left(now) else _home(flow)
    if state.progress is None or not state.progress.tried:
        return left
    return _count_failure(replace(left, abandoned=state.number), None, now)


def _count_failure(flow: Flow, refused: Refused | None, now: float) -> Flow:
    """One more failure; the third makes everybody wait, wherever the kiosk stands before a result."""
    flow = replace(flow, failures=flow.failures + 1, failed_at=now)
    if flow.failures < FAILURES:
        return flow
    until = now + flow.limits.pause
    flow = replace(flow, failures=0, paused_until=until)
    showing = isinstance(flow.state, s.Looking | s.Choosing | s.Claiming | s.Idle)
    return replace(flow, state=s.Paused(until, refused)) if showing else flow


def _look(flow: Flow, project: Any, action: Action, claims: bool, now: float) -> Flow:
    if now < flow.paused_until:
        return replace(flow, state=s.Paused(flow.paused_until))
    number = flow.looks + 1
    return replace(flow, looks=number, state=s.Looking(project, action, claims, number))


def _in_pairing(flow: Flow, state: s.Pairing, event: e.Event, now: float) -> Flow:
    match event:
        case e.WentBack() if not state.first:
            return _home(flow)
        case e.OpenedService():
            return replace(flow, state=s.Pin())
    return flow


def _in_idle(flow: Flow, state: s.Idle, event: e.Event, now: float) -> Flow:
    match event:
        case e.TouchedProject(project):
            return replace(flow, state=s.Choosing(project))
        case e.OpenedService():
            return replace(flow, state=s.Pin())
    return flow


def _in_choosing(flow: Flow, state: s.Choosing, event: e.Event, now: float) -> Flow:
    match event:
        case e.TouchedProject(project):
            return replace(flow, state=s.Choosing(project))
        case e.ProjectsChanged(projects):
            again = [card for card in projects if card.id == state.project.id]
            return replace(flow, state=s.Choosing(again[0])) if again else _home(flow)
        case e.Wanted(Action.START) if not state.project.may_start:
            return flow
        case e.Wanted(Action.START) if state.project.claimed_by is None and now >= flow.paused_until:
            return replace(flow, state=s.Claiming(state.project))
        case e.Wanted(action):
            return _look(flow, state.project, action, False, now)
        case e.WentBack():
            return _home(flow)
        case e.OpenedService():
            return replace(flow, state=s.Pin())
    return flow


def _in_claiming(flow: Flow, state: s.Claiming, event: e.Event, now: float) -> Flow:
    match event:
        case e.AnsweredClaim(claims):
            return _look(flow, state.project, Action.START, claims, now)
        case e.WentBack():
            return replace(flow, state=s.Choosing(state.project))
    return flow


def _in_looking(flow: Flow, state: s.Looking, event: e.Event, now: float) -> Flow:
    match event:
        case e.Progressed(number, progress) if number == state.number:
            return replace(flow, state=replace(state, progress=progress))
        case e.WentBack():
            return _abandon(flow, state, now)
    return flow


def _in_turned_away(flow: Flow, state: s.TurnedAway, event: e.Event, now: float) -> Flow:
    match event:
        case e.Retried() if state.refused.may_retry:
            return _look(flow, state.project, state.action, state.claims, now)
        case e.WentBack():
            return _home(flow)
    return flow


def _in_welcomed(flow: Flow, state: s.Welcomed, event: e.Event, now: float) -> Flow:
    match event:
        case e.OpenedForm() if state.accepted.form_due:
            return replace(flow, state=s.Filling(state.project, state.accepted))
        case e.WentBack():
            return _home(flow)
    return flow


def _in_filling(flow: Flow, state: s.Filling, event: e.Event, now: float) -> Flow:
    match event:
        case e.AskedPhoto(problem):
            return replace(flow, state=s.Photographing(state, problem))
        case e.Reviewed(closing):
            return replace(flow, state=s.Confirming(state, closing))
        case e.WentBack():
            return _home(flow)
    return flow


def _in_photographing(flow: Flow, state: s.Photographing, event: e.Event, now: float) -> Flow:
    return replace(flow, state=state.filling) if isinstance(event, e.TookPhoto | e.WentBack) else flow


def _in_confirming(flow: Flow, state: s.Confirming, event: e.Event, now: float) -> Flow:
    match event:
        case e.Confirmed():
            return replace(flow, state=s.Submitting(state.filling))
        case e.WentBack():
            return replace(flow, state=state.filling)
    return flow


def _in_submitting(flow: Flow, state: s.Submitting, event: e.Event, now: float) -> Flow:
    match event:
        case e.SubmitDone(receipt):
            return replace(flow, state=s.Submitted(state.filling, receipt), touched_at=now)
        case e.SubmitFailed():
            return replace(flow, state=state.filling, touched_at=now)
    return flow


def _in_records(flow: Flow, state: s.Records, event: e.Event, now: float) -> Flow:
    match event:
        case e.ChoseRecords(of_project):
            return replace(flow, state=replace(state, of_project=of_project))
        case e.WentBack():
            return _home(flow)
    return flow


def _in_pin(flow: Flow, state: s.Pin, event: e.Event, now: float) -> Flow:
    match event:
        case e.Unlocked():
            return replace(flow, state=s.Service())
        case e.WentBack():
            return _home(flow)
    return flow


def _in_service(flow: Flow, state: s.Service, event: e.Event, now: float) -> Flow:
    match event:
        case e.AskedPairing():
            return replace(flow, state=s.Pairing(first=not flow.paired))
        case e.WentBack():
            return _home(flow)
    return flow


def _in_troubled(flow: Flow, state: s.Troubled, event: e.Event, now: float) -> Flow:
    match event:
        case e.WentBack():
            return replace(flow, state=s.Idle(), waved_off=state.trouble.code)
        case e.OpenedService():
            return replace(flow, state=s.Pin())
    return flow


def _only_back(flow: Flow, state: s.State, event: e.Event, now: float) -> Flow:
    return _home(flow) if isinstance(event, e.WentBack) else flow


_STEPS: dict[type[Any], Callable[[Flow, Any, e.Event, float], Flow]] = {
    s.Pairing: _in_pairing,
    s.Idle: _in_idle,
    s.Choosing: _in_choosing,
    s.Claiming: _in_claiming,
    s.Looking: _in_looking,
    s.Welcomed: _in_welcomed,
    s.TurnedAway: _in_turned_away,
    s.Paused: _only_back,
    s.Filling: _in_filling,
    s.Photographing: _in_photographing,
    s.Confirming: _in_confirming,
    s.Submitting: _in_submitting,
    s.Submitted: _only_back,
    s.Records: _in_records,
    s.Pin: _in_pin,
    s.Service: _in_service,
    s.Troubled: _in_troubled,
}
