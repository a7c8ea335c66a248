"""ONE table: which permission is given by which roles; roles are derived from facts of other features (A-3)."""

from collections.abc import Callable
from typing import TypeVar

from core.context import Actor, Context
from core.errors import NotAllowed

ANYONE = "anyone"
"""Role of whoever asks, also without a login."""
SYSTEM = "system"
"""Role of the operator's own command line and of jobs."""
MANAGER = "manager"
LEGAL_PERSON = "legal_person"
EMPLOYEE = "employee"
LEAD = "lead"
TECHNICAL_LEAD = "technical_lead"
MEMBER = "member"
CONTACT = "contact"
DEVICE = "device"
ADMINISTRATOR = "administrator"
SUPERVISOR = "supervisor"
SELF = "self"
"""Role of an account towards its own person."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "account.create": frozenset({SYSTEM, ADMINISTRATOR}),
    "account.change_password": frozenset({SELF}),
    "agency.managers": frozenset({SYSTEM, ADMINISTRATOR, LEGAL_PERSON}),
    "agency.register": frozenset({SYSTEM, ADMINISTRATOR}),
    "agency.staff": frozenset({SYSTEM, ADMINISTRATOR, LEGAL_PERSON, MANAGER}),
    "contact.confirm": frozenset({LEAD, MANAGER}),
    "contact.end": frozenset({LEAD, MANAGER}),
    "contact.follow": frozenset({CONTACT}),
    "contact.invite": frozenset({LEAD, MANAGER}),
    "contact.register": frozenset({ANYONE}),
    "device.admit": frozenset({MANAGER, LEGAL_PERSON}),
    "device.pair": frozenset({ANYONE}),
    "device.quarantine": frozenset({MANAGER, LEGAL_PERSON}),
    "device.rotate": frozenset({DEVICE}),
    "device.revoke": frozenset({MANAGER, LEGAL_PERSON}),
    "evaluation.give": frozenset({CONTACT}),
    "feedback.office": frozenset({LEAD, MANAGER}),
    "portrait.submit": frozenset({SYSTEM, SELF, MANAGER}),
    "portrait.template": frozenset({SYSTEM}),
    "project.draft": frozenset({EMPLOYEE, MANAGER}),
    "project.edit": frozenset({LEAD, MANAGER}),
    "project.radius": frozenset({MANAGER}),
    "project.read": frozenset({LEAD, TECHNICAL_LEAD, MEMBER, MANAGER, SUPERVISOR}),
    "project.reopen": frozenset({LEAD}),
    "project.submit": frozenset({LEAD}),
    "project.terminate": frozenset({LEAD, MANAGER}),
    "registry.import": frozenset({SYSTEM, ADMINISTRATOR}),
    "subject.erase": frozenset({SYSTEM, ADMINISTRATOR}),
    "subject.erase_again": frozenset({SYSTEM}),
    "visit.attend": frozenset({DEVICE}),
    "visit.close_overtime": frozenset({SYSTEM}),
    "visit.evidence": frozenset({MANAGER, SUPERVISOR}),
}

RoleSource = Callable[[Context, Actor, dict[str, str]], set[str]]
S = TypeVar("S", bound=RoleSource)
_SOURCES: list[RoleSource] = []


def role_source(source: S) -> S:
    """Registers a feature's answer to: which roles has this actor towards this subject?"""
    _SOURCES.append(source)
    return source


def roles_of(ctx: Context, subject: dict[str, str]) -> set[str]:
    """Every role of the context's actor towards the subject, now."""
    roles = {ANYONE}
    if ctx.actor.kind == "job":
        roles.add(SYSTEM)
    for source in _SOURCES:
        roles |= source(ctx, ctx.actor, subject)
    return roles


def may(ctx: Context, permission: str, subject: dict[str, str]) -> bool:
    """Whether the actor may do this; what the table does not name, nobody may."""
    return bool(PERMISSIONS.get(permission, frozenset()) & roles_of(ctx, subject))


def require(ctx: Context, permission: str, subject: dict[str, str]) -> None:
    """Raises ``NotAllowed`` unless the actor may do this (A-3)."""
    if not may(ctx, permission, subject):
        raise NotAllowed(
            "not-allowed", "您没有进行此操作的权限", "请由项目负责人或公司管理人员操作", rule="A-3"
        )
