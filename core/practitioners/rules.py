"""Rules about persons: the ID number's check digit, and the kinds of certificate."""

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

LEVEL_1 = "level_1_engineer"
LEVEL_2 = "level_2_engineer"
OPERATOR = "operator"
CERTIFICATE_KINDS = {LEVEL_1: "一级注册消防工程师", LEVEL_2: "二级注册消防工程师", OPERATOR: "消防设施操作员"}


def id_number_is_valid(number: str) -> bool:
    """Whether the 18 characters hold a birthday and the right check digit (GB 11643-1999, ISO 7064 MOD 11-2).

    The district of birth is not judged: districts are founded and renamed, and a list of them is always behind.
    """
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return number[17].upper() == ric.calc_check_digit(number)
