"""A folder of tests for one user, and real pytest over it in a process of its own."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.testing.many_users.warm_pytest import WarmPytest

RECORD = "cellwall_isolation"
PLUGINS = ("pytest_asyncio.plugin", "anyio.pytest_plugin", "cellwall.testing.plugin")
# pytest-asyncio before 0.24 does not know the scope of a loop.
NEW_ASYNCIO = tuple(int(part) for part in version("pytest-asyncio").split(".")[:2]) >= (0, 24)
INI = f"""
[pytest]
asyncio_mode = auto
{"asyncio_default_fixture_loop_scope = function" if NEW_ASYNCIO else ""}
filterwarnings = error
addopts = --strict-markers
"""


@dataclass(frozen=True)
class Answer:
    """What came of a session: exit code, all it wrote, and outcome and record by test name."""

    code: int
    text: str
    outcomes: Mapping[str, str]
    records: Mapping[str, Mapping[str, Any]]
    bodies: Mapping[str, str]

    def verdicts(self) -> dict[str, str]:
        """Give the verdict of each test that was asked to run as many."""
        return {name: record["verdict"] for name, record in self.records.items()}


RunPytest = Callable[..., Answer]
Session = Callable[..., Answer]
ENVIRONMENT = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@pytest.fixture(scope="session")
def warm_pytest() -> Iterator[WarmPytest]:
    """The process of which every session is a fork."""
    warm = WarmPytest()
    yield warm
    warm.close()


@pytest.fixture
def run_again(warm_pytest: WarmPytest, tmp_path: Path) -> Session:
    """Run pytest over what is in the test's folder."""

    def run(*arguments: str, plugins: tuple[str, ...] = ()) -> Answer:
        command = ["-q", "--junit-xml=junit.xml", "-o", "cache_dir=.cache"]
        for plugin in (*PLUGINS, *plugins):
            command += ["-p", plugin]
        (tmp_path / "junit.xml").unlink(missing_ok=True)
        code, text = warm_pytest.run(tmp_path, [*command, *arguments], ENVIRONMENT)
        return read(tmp_path / "junit.xml", code, text)

    return run


@pytest.fixture
def run_pytest(run_again: Session, tmp_path: Path) -> RunPytest:
    """Run pytest over one module of tests."""

    def run(
        tests: str,
        *arguments: str,
        plugins: tuple[str, ...] = (),
        ini: str = INI,
        conftest: str = "",
        probes: bool = False,  # they bring one user more, whom most tests do not count
    ) -> Answer:
        (tmp_path / "pytest.ini").write_text(ini)
        (tmp_path / "test_it.py").write_text(tests)
        if conftest:
            (tmp_path / "conftest.py").write_text(conftest)
        left_out = () if probes else ("--no-isolation-probes",)
        return run_again(*arguments, *left_out, plugins=plugins)

    return run


def read(junit: Path, code: int, text: str) -> Answer:
    """Read what a session left."""
    outcomes: dict[str, str] = {}
    records: dict[str, dict[str, Any]] = {}
    bodies: dict[str, str] = {}
    cases = ElementTree.parse(junit).getroot().iter("testcase") if junit.exists() else ()
    for case in cases:
        name = str(case.get("name"))
        kinds = [child for child in case if child.tag in ("failure", "error", "skipped")]
        outcomes[name] = kinds[0].tag if kinds else "passed"
        bodies[name] = "\n".join(f"{child.get('message')}\n{child.text}" for child in kinds)
        for found in case.iter("property"):
            if found.get("name") == RECORD:
                records[name] = json.loads(str(found.get("value")))
    return Answer(code, text, outcomes, records, bodies)
