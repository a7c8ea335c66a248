"""Asks the operator for a password; no list of processes and no history of a shell shows it."""

import getpass
import sys

from core.errors import BadInput


def known_password(what: str) -> str:
    """A password that somebody has: asked unseen on a terminal, otherwise a line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}：")
    return sys.stdin.readline().rstrip("\r\n")


def fresh_password(what: str) -> str:
    """A password that is to be set: on a terminal asked twice, because nobody sees what he types."""
    first = known_password(what)
    if sys.stdin.isatty() and getpass.getpass(f"再输入一次{what}：") != first:
        raise BadInput("cli.password_differs", "两次输入的密码不一致", "账号没有建立；请重新运行本命令")
    return first
