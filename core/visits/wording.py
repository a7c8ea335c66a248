"""What visits are told in, the same on every screen, page and wire: rules as reasons, and lengths of time."""

RULES = {
    "S-1": "项目当时不能执业，或没有已确认的联系人",
    "S-2": "当时不是本项目人员，或未在本机构任职",
    "S-3": "未通过人脸或活体验证",
    "S-4": "开始时不在执业半径内，或没有有效位置",
    "S-5": "当时还有未结束的执业",
    "S-7": "结束时没有有效位置",
    "S-9": "当天的反馈单提交时已关闭",
    "S-11": "时间无法证明",
    "S-12": "一人多地：同一时间已在别处执业",
    "S-15": "位置过旧或存疑",
    "S-16": "核实后未予认可",
    "S-18": "当天的记录已经封存，只作更正保留",
    "F-1": "当天的反馈单已提交，不能再开始执业",
    "F-4": "当天另有一份更早的反馈单",
    "J-7": "现场工作已完成，不能再开始执业",
}
"""Why a visit does not count, or not yet, by the rule that its verdict names (S-18)."""


def reason_of(rule: str) -> str:
    """A rule as the reason that a person is told."""
    return RULES.get(rule, f"不符合规则 {rule}")


_OF_ENDS = {
    "S-7": "没有可由它结束的执业，或该次执业已经结束",
    "S-9": "当天的反馈单已提交，该次执业已关闭",
    "S-11": "时间无法证明，以时间可证明的记录为准",
}
_OF_FORMS = {"F-1": "填写人当天在本项目没有已结束的执业"}


def reason_of_note(rule: str, *, form: bool) -> str:
    """Why an end or a form has no effect of its own: some rules are told otherwise of them than of a visit."""
    return (_OF_FORMS if form else _OF_ENDS).get(rule) or reason_of(rule)


def duration(seconds: int) -> str:
    """Whole minutes, as people count them; what is less than one is said, and is not nothing."""
    if 0 < seconds < 60:
        return "不足 1 分钟"
    hours, minutes = divmod(max(seconds, 0) // 60, 60)
    return f"{hours} 小时 {minutes:02d} 分" if hours else f"{minutes} 分"
