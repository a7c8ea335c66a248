"""Trouble with the machine that an operator can mend, as a sentence and a hint instead of a trace."""

import errno
import os
import socket

from sqlalchemy.exc import OperationalError

from core.disk import FULL, is_full
from core.errors import DomainError, Unreachable
from server.settings import Settings

INTERRUPTED = Unreachable("server.interrupted", "已中断", "未完成的部分没有生效；可以重新运行本命令")


def of_system(error: OSError) -> DomainError:
    """A file, folder or connection that the system does not give."""
    if is_full(error):
        return _full()
    where = f"：{error.filename}" if error.filename else ""
    sentence = f"无法使用文件、文件夹或网络{where}（{error.strerror or error}）"
    return Unreachable("server.system", sentence, "命令没有完成；请检查路径、读写权限和磁盘空间后再试")


def of_database(error: OperationalError) -> DomainError:
    """A database that cannot be opened or does not answer; its own words are kept, its address is not told."""
    if is_full(error):
        return _full()
    words = str(error.orig).strip().splitlines()
    sentence = f"数据库无法使用（{words[0] if words else type(error.orig).__name__}）"
    hint = "请检查数据库是否已启动、ZHIYE_DATABASE_URL 和数据文件夹的权限；未完成的操作没有生效"
    return Unreachable("server.database", sentence, hint)


def _full() -> DomainError:
    hint = "命令没有完成，已有的数据没有丢失；请清理磁盘或换用更大的磁盘，然后再运行"
    return Unreachable(FULL, "服务器磁盘空间不足", hint)


def require_port(settings: Settings) -> None:
    """Raises while somebody else listens where the server is to listen."""
    family, kind, _, _, address = socket.getaddrinfo(
        settings.host or None, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind) as probe:
        if os.name != "nt":
            # Like the server's own socket: what is left of closed connections does not count. On Windows the
            # same option would take a port from whoever listens there.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            sentence = f"端口 {settings.port} 已被占用：服务器可能已在运行"
            hint = "请先停止占用该端口的程序，或用 ZHIYE_PORT 设置另一个端口"
            raise Unreachable("server.port", sentence, hint) from error
