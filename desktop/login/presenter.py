"""Signs in: online only for now; without a network it says so, and what was typed stays."""

from dataclasses import dataclass

from core.errors import BadInput, DomainError, Fault, Unreachable
from desktop.ports import Me, Online

OFFLINE = "离线打开（7 天内在本机登录过的账号）尚未提供，请待网络恢复后登录；执业终端不受影响，照常执业。"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nobody is signed in: a sentence and what to do; ``password`` says that only that is to be typed anew."""

    sentence: str
    hint: str
    password: bool


class LoginPresenter:
    """Asks the server; called in a lane."""

    def __init__(self, online: Online) -> None:
        self._online = online

    def sign_in(self, name: str, password: str) -> Me:
        """Raises what forbids it; both fields are checked before anybody is asked."""
        faults = [
            Fault(field, sentence)
            for field, value, sentence in (
                ("login", name.strip(), "请输入登录账号"),
                ("password", password, "请输入密码"),
            )
            if not value
        ]
        if faults:
            raise BadInput("login.empty", "登录信息不完整", "请补充后再登录", faults=tuple(faults))
        return self._online.login(name.strip(), password)


def trouble_of(error: DomainError) -> Trouble:
    """What the login window says; a name that was typed is never blamed alone (A-4)."""
    if isinstance(error, Unreachable):
        return Trouble(error.sentence, OFFLINE, password=False)
    sentence = "；".join(fault.sentence for fault in error.faults) or error.sentence
    return Trouble(sentence, error.hint, password=not error.faults)
