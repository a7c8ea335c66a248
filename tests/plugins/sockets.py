"""Who may open sockets: nobody in unit tests, properties and contracts; the others on this machine only."""

import pytest

LOCAL = ("database", "gui", "server", "phase1", "e2e")
HOSTS = ["127.0.0.1", "::1", "localhost"]
DECIDED = ("allow_hosts", "enable_socket", "disable_socket")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """pytest-socket closes everything; open this machine where a test has to talk to a process of its own."""
    folders = [config.rootpath / "tests" / name for name in LOCAL]
    for item in items:
        local = any(item.path.is_relative_to(folder) for folder in folders)
        if local and not any(item.get_closest_marker(name) for name in DECIDED):
            item.add_marker(pytest.mark.allow_hosts(HOSTS))
