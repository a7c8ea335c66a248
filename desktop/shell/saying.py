"""An error as one readable line, with the way to the login where that is what helps."""

from core.errors import DomainError
from core.qt.errors import explain

_LOGIN_OVER = ("accounts.login_over", "desktop.login", "identity.missing")
LOG_IN_AGAIN = "请点右上角“退出登录”，重新登录后再试；本机记录不受影响。"


def said(error: BaseException) -> str:
    """What the user reads."""
    if isinstance(error, DomainError) and error.code in _LOGIN_OVER:
        return f"{error.sentence}。{LOG_IN_AGAIN}"
    return explain(error).text
