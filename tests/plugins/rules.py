"""Which rules of the domain have passing tests: marker ``rule("S-9")`` and option ``--rules-out FILE``."""

import json
import re
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

RULE = re.compile(r"[A-Z]-\d+")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where to write the tally."""
    parser.addoption("--rules-out", metavar="FILE", help="write counts and proven rules as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """The tally is kept where the reports of all workers arrive."""
    file = config.getoption("--rules-out")
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(Path(file)), "rules-tally")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Check the ids and hand them to the reports, which travel between processes."""
    for item in items:
        for mark in item.iter_markers("rule"):
            for rule in mark.args:
                if not (isinstance(rule, str) and RULE.fullmatch(rule)):
                    raise pytest.UsageError(f"{item.nodeid}: {rule!r} is no rule's id, such as S-9")
                item.user_properties.append(("rule", rule))


class Tally:
    """Counts tests by outcome and rules by what their tests gave."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._outcomes: dict[str, str] = {}
        self._rules: defaultdict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test fails with any of its phases; it passes with its call."""
        known = self._outcomes.get(report.nodeid)
        if report.failed or (known is None and (report.skipped or report.when == "call")):
            self._outcomes[report.nodeid] = report.outcome
        for name, rule in report.user_properties:
            if name == "rule":
                self._rules[str(rule)].add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that can't be read is a failure; every worker tells it."""
        if report.outcome != "passed":
            self._outcomes[f"{report.nodeid} (collection)"] = report.outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Generator[None]:
        """Write it all down once everything is known."""
        yield
        outcomes = list(self._outcomes.values())
        of_rule = {rule: {self._outcomes.get(n) for n in nodes} for rule, nodes in self._rules.items()}
        told = {
            **{name: outcomes.count(name) for name in ("passed", "failed", "skipped")},
            "proven": sorted(r for r, seen in of_rule.items() if "passed" in seen and "failed" not in seen),
            "broken": sorted(rule for rule, seen in of_rule.items() if "failed" in seen),
        }
        self._file.write_text(json.dumps(told, indent=1), "utf-8")
