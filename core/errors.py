"""The one family of errors: what a user may be told, with a code for machines and a hint what to do next."""

from typing import ClassVar, NamedTuple


class Fault(NamedTuple):
    """One thing that is wrong, for errors that list everything at once (J-2, E-4): which field or subject,
    and why.
    """

    field: str
    sentence: str


class DomainError(Exception):
    """Known trouble: a stable code, a Chinese sentence, a hint, and the rule of the domain that it comes
    from.
    """

    default_hint: ClassVar[str] = "请稍后重试；仍不行请联系管理员。"

    def __init__(
        self,
        code: str,
        sentence: str,
        hint: str | None = None,
        *,
        rule: str | None = None,
        faults: tuple[Fault, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.hint = self.default_hint if hint is None else hint
        self.rule = rule
        self.faults = faults

    def __reduce__(self) -> tuple[object, ...]:
        """Comes whole out of another process: an exception is made anew there from its message alone otherwise."""
        return type(self).__new__, (type(self), *self.args), self.__dict__


class Refused(DomainError):
    """A rule says no; it always carries the rule, so that a user may look it up and a supervisor count it."""

    default_hint = "请按提示满足条件后再操作。"

    def __init__(
        self,
        code: str,
        sentence: str,
        hint: str | None = None,
        *,
        rule: str,
        faults: tuple[Fault, ...] = (),
    ) -> None:
        super().__init__(code, sentence, hint, rule=rule, faults=faults)


class NotHere(DomainError):
    """This copy does not hold the row: on a device that never means that it does not exist (待服务器确认)."""

    default_hint = "本机没有这条数据，请联网同步后再试。"


class NotAllowed(DomainError):
    """The actor lacks the right."""

    default_hint = "请由有权限的人员操作，或联系本机构管理人员。"


class BadInput(DomainError):
    """What was entered or received does not have the required form; ``faults`` names every field at once."""

    default_hint = "请按提示修改后重新提交。"


class Unreachable(DomainError):
    """Something outside — server, registry, geocoder, camera — does not answer; nothing is lost by trying
    again.
    """

    default_hint = "请检查网络或设备连接，稍后重试；已填写的内容不会丢失。"


class Conflict(DomainError):
    """The record has changed meanwhile; both values are kept."""

    default_hint = "请刷新后核对双方的内容，再决定保留哪一个。"
