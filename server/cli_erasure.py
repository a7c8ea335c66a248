"""Erasure on the operator's command line: find a person's id, and destroy somebody's personal data (D-2)."""

import argparse

from sqlalchemy import select

from core.context import Actor
from core.employment.models import Employment
from core.erasure.commands import EraseSubject
from core.errors import NotHere
from core.ids import is_id, new_id
from core.practitioners.models import Person
from server import erasures
from server.state import State

_DONE = "个人信息已删除，不能恢复；执业记录和审计记录仍然完整"
_KEEP = (
    "请现在备份密钥文件夹（{keys}）：其中的删除名单使以后恢复的旧备份不会带回这些信息。\n"
    "此前的备份和升级、恢复时留下的旧数据库（.before-…、.replaced-…）里仍有：证书编号（常与身份证号码相同）、登录账号\n"
    "和联系人的终止原因，均为明文；其余个人信息加密保存，只有同时持有密钥的人能读。请删除旧数据库，并按保存期限删除旧备份"
)
_BUSY = "数据库文件正被使用，旧页面稍后由服务器自动清除"


def persons(state: State, told: argparse.Namespace) -> int:
    """Everybody of that name, with whether he works somewhere now."""
    employed = select(Employment.person_id).where(Employment.until_ms.is_(None))
    with state.store.reading() as db:
        found = db.execute(
            select(Person.id, Person.id.in_(employed))
            .where(Person.name == told.name.strip())
            .order_by(Person.id)
        ).all()
    if not found:
        raise NotHere("practitioners.unknown", f"没有姓名为“{told.name}”的人员", "请核对姓名")
    for person_id, works in found:
        print(f"{person_id}　{'在职' if works else '不在职'}")  # noqa: T201
    return 0


def erase(state: State, told: argparse.Namespace) -> int:
    """Carries it out as the operator."""
    if not is_id(told.id):
        raise NotHere("erasure.unknown", "编号格式不正确，什么也没有删除", "人员编号由 persons 命令给出")
    command = EraseSubject(kind=told.kind, subject_id=told.id, reason=told.reason[:500])
    _outcome, scrubbed = erasures.erase(state, command, Actor("job", None), new_id())
    print(_DONE)  # noqa: T201
    if not scrubbed:
        print(_BUSY)  # noqa: T201
    print(_KEEP.format(keys=state.settings.keys))  # noqa: T201
    return 0
