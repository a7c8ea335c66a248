"""What a project needs before it can be submitted: everything is told at once."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.projects.rules import Candidate, Draft, faults

LEAD = Candidate("a", "lead", True, "engineer", True)
TECHNICAL = Candidate("b", "technical_lead", True, "engineer", True)
MEMBER = Candidate("c", "member", True, "operator", False)
GOOD = Draft(
    covered=True, people=[LEAD, TECHNICAL, MEMBER], lat=31.23, lon=121.47, radius_m=500,
    starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 1), client="示例物业", contract_number="HT-1",
)  # fmt: skip
BREAKS: dict[str, tuple[str, dict[str, object]]] = {
    "no lead": ("lead", {"people": [TECHNICAL]}),
    "two leads": ("lead", {"people": [LEAD, replace(LEAD, person_id="d"), TECHNICAL]}),
    "lead not level 1": ("lead", {"people": [replace(LEAD, level_1=False), TECHNICAL]}),
    "no technical lead": ("technical_lead", {"people": [LEAD]}),
    "one person for both": ("technical_lead", {"people": [LEAD, replace(TECHNICAL, person_id="a")]}),
    "technical lead not level 1": ("technical_lead", {"people": [LEAD, replace(TECHNICAL, level_1=False)]}),
    "not employed": ("people", {"people": [LEAD, TECHNICAL, replace(MEMBER, employed=False, position=None)]}),
    "no practising member": (
        "people",
        {"people": [LEAD, TECHNICAL, replace(MEMBER, position="representative")]},
    ),
    "not qualified": ("kind", {"covered": False}),
    "ends before it starts": ("contract", {"ends_on": date(2025, 12, 31)}),
    "no client": ("client", {"client": "  "}),
    "no number": ("contract_number", {"contract_number": ""}),
    "no point": ("place", {"lat": None}),
    "elsewhere": ("place", {"lat": 39.9, "lon": 116.4}),
    "null is not zero": ("place", {"lat": 0.0, "lon": 0.0}),
    "radius too small": ("radius", {"radius_m": 99}),
    "radius too big": ("radius", {"radius_m": 2001}),
}


@pytest.mark.rule("J-2")
def test_a_complete_project_has_no_fault() -> None:
    """Submitting checks all at once."""
    assert faults(GOOD) == []
    assert faults(replace(GOOD, radius_m=100)) == faults(replace(GOOD, radius_m=2000)) == []


@pytest.mark.rule("J-3", "J-4", "S-4")
@pytest.mark.parametrize(("field", "change"), BREAKS.values(), ids=list(BREAKS))
def test_each_rule_has_its_own_fault(field: str, change: dict[str, object]) -> None:
    """The kind lies within the qualification; lead level-1 and employed, another technical lead; start ≤ end."""
    assert field in {fault.field for fault in faults(replace(GOOD, **change))}  # type: ignore[arg-type]


@pytest.mark.rule("J-2")
@given(st.sets(st.sampled_from(sorted(BREAKS))))
def test_all_faults_are_listed_not_the_first(names: set[str]) -> None:
    """Submitting checks all at once and lists every fault, not the first."""
    merged: dict[str, object] = {}
    for name in sorted(names):
        merged |= BREAKS[name][1]
    holding = {n for n in names if all(merged[k] == v for k, v in BREAKS[n][1].items())}
    told = {fault.field for fault in faults(replace(GOOD, **merged))}  # type: ignore[arg-type]
    assert told >= {BREAKS[name][0] for name in holding}
    assert bool(told) == bool(names)
