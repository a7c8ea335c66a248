"""When an invitation still holds, and what a contact has to state (C-1), as pure functions."""

from collections.abc import Mapping

from core.errors import Fault, Refused

INVITATION_MS = 72 * 3_600_000
ACCESS_MS = 30 * 24 * 3_600_000
CHANNELS = ("inbox",)
"""Channels that a contact may follow by (C-3); the others come with their adapters."""
FIELDS = {"name": "姓名", "telephone": "手机号码", "job": "职务", "client": "单位名称", "address": "单位地址"}
LONGEST = 200
ERASED = "已删除"
"""What stands in each field of a contact whose data were erased (D-2)."""


def require_usable(until_ms: int, used_ms: int | None, now_ms: int) -> None:
    """Raises ``Refused`` for an invitation that was used or has expired (C-1)."""
    if used_ms is not None:
        raise Refused("contacts.token_used", "该二维码已被使用", "请联系项目负责人重新生成二维码", rule="C-1")
    if now_ms >= until_ms:
        raise Refused(
            "contacts.token_expired", "该二维码已过期", "请联系项目负责人重新生成二维码", rule="C-1"
        )


def faults(details: Mapping[str, str], *, is_employee: bool, agrees: bool) -> list[Fault]:
    """Everything that is missing in a contact's registration (C-1)."""
    found = [
        Fault(key, f"请填写{title}") for key, title in FIELDS.items() if not details.get(key, "").strip()
    ]
    found += [
        Fault(key, f"{title}不能超过 {LONGEST} 字")
        for key, title in FIELDS.items()
        if len(details.get(key, "")) > LONGEST
    ]
    digits = details.get("telephone", "").strip().replace("-", "").replace(" ", "").removeprefix("+86")
    plain = digits.isascii() and digits.isdigit()
    if details.get("telephone", "").strip() and not (plain and 7 <= len(digits) <= 12):
        found.append(Fault("telephone", "手机号码格式不正确"))
    if not is_employee:
        found.append(Fault("is_employee", "请确认您是该单位的工作人员"))
    if not agrees:
        found.append(Fault("agrees", "请阅读并同意个人信息处理说明"))
    return found
