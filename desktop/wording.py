"""The words for states, verdicts, rules and evidence; no Qt, so that presenters may use them."""

from collections.abc import Sequence

from core.projects.lifecycle import TITLES
from core.visits.outcome import NoteKind, VerdictState, ZeroReason
from core.visits.wording import reason_of

STATES = TITLES
KINDS = {"maintenance": "维保", "inspection": "检测", "assessment": "评估"}
ROLES = {"lead": "项目负责人", "technical_lead": "技术负责人", "member": "参与人员"}
PROOFS = {"proven": "时间已证明", "bracketed": "时间已核对", "unproven": "时间未证明"}
SOURCES = {
    "gps": "卫星定位",
    "fixed": "固定终端登记坐标",
    "wifi": "无线网络定位",
    "network": "网络地址（不作为位置）",
    "replay": "回放的定位记录",
}
FLAGS = {"mock": "疑似模拟定位", "jump": "位置跳变"}
LIVENESS = {"challenge": "按提示动作，通过", "demo-still": "演示：以照片代替真人", "none": "未验证"}
GESTURES = {"left": "向左转头", "right": "向右转头", "blink": "眨眼"}
STILL = "照片（演示）"
DEVICES = {"kiosk": "执业终端", "desktop": "办公电脑"}
KEY_SOURCES = {
    "tpm": "安全芯片",
    "dpapi": "系统保护（Windows）",
    "systemd-creds": "系统凭据",
    "file": "本机文件",
}
FIELDS = {
    "name": "项目名称",
    "client": "委托单位",
    "district": "区",
    "address": "地址",
    "contract_number": "合同编号",
    "starts_on": "合同开始日期",
    "ends_on": "合同结束日期",
}
GROUPS = {
    "name": "项目名称",
    "client": "委托单位",
    "place": "区和地址",
    "contract": "合同编号",
    "dates": "合同期",
}
"""What of a project's head is edited together."""
KEPT = {
    "mine": "采用了修改的内容",
    "theirs": "保留了当时的内容",
    "superseded": "同一内容又被他人修改，由新的冲突代替",
}
"""What became of a conflict."""
STATE_TONES = {
    "saved": "plain",
    "submitted": "note",
    "practised": "good",
    "recheck": "warn",
    "completed": "good",
    "terminated": "bad",
}
VERDICT_TONES = {"open": "note", "valid": "good", "zeroed": "bad", "invalid": "bad", "pending": "warn"}


def verdict(state: str) -> str:
    """The manual's word for a visit's verdict."""
    return VerdictState(state).zh if state in set(VerdictState) else state


def state(name: str) -> str:
    """The manual's word for a project's state."""
    return STATES.get(name, name)


def kind(name: str) -> str:
    """The manual's word for a project's kind."""
    return KINDS.get(name, name)


def note(name: str | None) -> str:
    """The manual's word for what became of a form."""
    if name is None:
        return "计入"
    return NoteKind(name).zh if name in set(NoteKind) else name


def why_zero(visit_state: str, reasons: Sequence[str], rule: str | None) -> str:
    """Why a visit counts nothing, in words; empty when it counts or still runs."""
    words = [ZeroReason(reason).zh if reason in set(ZeroReason) else reason for reason in reasons]
    if visit_state in ("invalid", "pending") and rule:
        words.append(reason_of(rule))
    return "、".join(words)


def challenge(text: str | None) -> str:
    """The gestures of a challenge as the evidence names them, ``left-blink-right``, in words."""
    if not text or text == "none":
        return ""
    if text == "demo-still":
        return STILL
    return "、".join(GESTURES.get(word, word) for word in text.split("-"))


def rounded_metres(metres: float | None) -> str:
    """A distance to the metre, or that there is none."""
    if metres is None:
        return "—"
    return f"{metres:.0f} 米" if metres < 1000 else f"{metres / 1000:.1f} 公里"
