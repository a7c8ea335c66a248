"""Rules about persons: the ID number's check digit, and the kinds of certificate."""

LEVEL_1 = "level_1_engineer"
LEVEL_2 = "level_2_engineer"
OPERATOR = "operator"
CERTIFICATE_KINDS = {LEVEL_1: "一级注册消防工程师", LEVEL_2: "二级注册消防工程师", OPERATOR: "消防设施操作员"}
_WEIGHTS = [pow(2, 17 - i, 11) for i in range(17)]


def id_number_is_valid(number: str) -> bool:
    """Whether the 18 characters carry the right check digit (GB 11643-1999, ISO 7064 MOD 11-2)."""
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17].upper() == "10X98765432"[total % 11]
