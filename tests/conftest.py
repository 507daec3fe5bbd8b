"""What every test shares: the table of the regulation's requirements at the end of a run."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine's load, nothing about our promise.
settings.register_profile("guidang", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("guidang")

HERE = Path(__file__).parent
REQUIREMENTS = {
    row["id"]: row
    for row in json.loads((HERE / "requirements.json").read_text("utf-8"))["requirements"]
}
PEOPLE_ONLY: dict[str, str] = json.loads((HERE / "people_only.json").read_text("utf-8"))
_MARKS = {"requirement": "proven", "requirement_part": "partly"}


class RequirementTable:
    """Collects which tests passed for which requirement, and prints the table."""

    def __init__(self) -> None:
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note each test that names requirements: only a passed call counts."""
        claims = [value for name, value in report.user_properties if name == "requirement"]
        for claim in claims:
            strength, _, requirement = str(claim).partition(" ")
            if report.failed:
                self.failed.add(requirement)
            elif report.when == "call" and report.passed:
                self.passed[requirement].add(strength)

    def state(self, requirement: str) -> str:
        """Return proven, partly, people or not yet."""
        if requirement in PEOPLE_ONLY:
            return "people"
        strengths = self.passed.get(requirement, set())
        if requirement in self.failed or not strengths:
            return "not yet"
        return "proven" if "proven" in strengths else "partly"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table: proven, partly, not yet, people alone, of all requirements."""
        if not self.passed and not self.failed:
            return
        rows: dict[str, list[str]] = defaultdict(list)
        for requirement in REQUIREMENTS:
            rows[self.state(requirement)].append(requirement)
        terminalreporter.section("requirements of the regulation")
        for state in ("proven", "partly", "not yet"):
            names = " ".join(rows[state]) or "-"
            terminalreporter.write_line(f"{state:>8} {len(rows[state]):>3}: {names}")
        for requirement in rows["people"]:
            terminalreporter.write_line(
                f"{'people':>8}    : {requirement} ({PEOPLE_ONLY[requirement]})"
            )
        counts = ", ".join(
            f"{len(rows[state])} {state}" for state in ("proven", "partly", "not yet")
        )
        terminalreporter.write_line(
            f"of {len(REQUIREMENTS)} requirements: {counts}, {len(rows['people'])} on people alone"
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--approve", action="store_true", help="write the golden pages anew")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(RequirementTable(), "requirement-table")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark, strength in _MARKS.items():
            for marker in item.iter_markers(mark):
                for requirement in marker.args:
                    if requirement not in REQUIREMENTS:
                        raise pytest.UsageError(f"{item.nodeid}: unknown requirement {requirement}")
                    item.user_properties.append(("requirement", f"{strength} {requirement}"))
