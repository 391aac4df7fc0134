"""The plugin inside real pytest: when it puts doubles in, what it closes, and that it is silent unasked."""

import sys
from pathlib import Path

import pytest

from cellwall.project.config import TestSettings
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.roles import Role, Roles
from cellwall.testing.doubled_target import DoubledTarget, Part
from cellwall.testing.leak_run import CONTROL, LeakRun
from cellwall.testing.leaky_doubles.owner_leaks import FirstOwner
from cellwall.testing.leaky_doubles.sharing_leaks import FirstMade, Outliving

LEAN = tuple(word for name in ("hypothesispytest", "anyio", "xdist") for word in ("-p", f"no:{name}"))
APP = """
import asyncio
from contextlib import asynccontextmanager

ended = []

@asynccontextmanager
async def session(user_id):
    loop = asyncio.get_running_loop()
    try:
        yield user_id
    finally:
        ended.append((user_id, loop is asyncio.get_running_loop()))
"""
TESTS = """
from app.sessions import ended, session

async def test_a():
    async with session("ada"):
        pass
    assert ended == [("ada", True)]

async def test_b():
    assert ended == [("ada", True)], "closed after its test, in its own loop"
    async with session("bob") as user:
        assert user == "bob", "nothing is remembered of the test before"
"""
ROLES = Roles({"session": Role("session", ("from app.sessions import session",), "session({user_id})")})


@pytest.fixture
def root(target: Path) -> Path:
    """Give a target whose code pytest finds by its own way only: beside the tests' top folder."""
    (target / "service" / "app").mkdir(parents=True)
    (target / "service" / "app" / "__init__.py").touch()
    (target / "service" / "app" / "sessions.py").write_text(APP)
    (target / "service" / "test_it.py").write_text(TESTS)
    (target / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
        "filterwarnings = error\n"
    )
    return target


def leak(root: Path, double: str) -> LeakRun:
    """Run the target's tests under a double of its session."""
    settings = TestSettings(arguments=LEAN, timeout=30)
    environment = LocalEnvironment(Path(sys.executable))
    return DoubledTarget(environment, root, settings, ROLES).run(
        Part("session", ("service/test_it.py",)), double
    )


def outcomes(run: LeakRun) -> dict[str, str]:
    """Give test name to outcome."""
    return {node.partition("::")[2]: one.outcome for node, one in run.by_id.items()}


def test_what_a_double_kept_open_is_closed_after_the_test_in_its_loop(root: Path) -> None:
    control = leak(root, CONTROL)
    assert (control.not_made, outcomes(control)) == ("", {"test_a": "passed", "test_b": "passed"})
    for double in (Outliving.name, FirstMade.name):
        run = leak(root, double)
        assert (run.not_made, outcomes(run)) == ("", {"test_a": "failed", "test_b": "passed"})


def test_users_are_forgotten_between_tests(root: Path) -> None:
    assert outcomes(leak(root, FirstOwner.name)) == {"test_a": "passed", "test_b": "passed"}


def test_without_its_variable_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from cellwall.testing.leaky_doubles import plugin

    class Config:
        pluginmanager = None  # whoever registers something here fails

    monkeypatch.setattr(plugin, "_given", "")
    plugin.pytest_configure(Config())  # type: ignore[arg-type]
    monkeypatch.setattr(plugin, "_given", '{"role": "pool", "without": [], "record": "x", "roles": {}}')
    with pytest.raises(AttributeError):
        plugin.pytest_configure(Config())  # type: ignore[arg-type]
