"""Several roles from one pytest: libraries are imported once, the target's own code in every child again."""

import sys
from pathlib import Path

import pytest

from cellwall.project.config import TestSettings
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.roles import Role, Roles
from cellwall.testing.doubled_target import DoubledTarget, Part

LEAN = tuple(word for name in ("hypothesispytest", "anyio", "xdist") for word in ("-p", f"no:{name}"))
ROLES = Roles(
    {
        "token": Role("token", ("from tokens import issue",), "issue({user_id})"),
        "limiter": Role("limiter", ("from limits import allow",), "allow({user_id})"),
    }
)
# The names of both roles are bound again by a module that imports them: a double that came late misses it.
SERVICE = """
import colorsys
from limits import allow
from tokens import issue

def serve(user_id):
    return issue(user_id), allow(user_id)
"""
LIMITS = """
seen = set()

def allow(user_id):
    new = user_id not in seen
    seen.add(user_id)
    return new
"""
TESTS = """
import colorsys, service
assert service.colorsys is colorsys

def test_tokens():
    assert service.serve("ada")[0] != service.serve("bob")[0]

def test_limits():
    assert [service.serve(user)[1] for user in ("ada", "ada", "bob")] == [True, False, True]
"""
TOKEN = Part("token", ("test_it.py",), frozenset({"test_it.py::test_limits"}))
LIMITER = Part("limiter", ("test_it.py",), frozenset({"test_it.py::test_tokens"}))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are made on Linux only")


@pytest.fixture
def service(target: Path) -> DoubledTarget:
    """Give a target whose service uses two roles."""
    (target / "limits.py").write_text(LIMITS)
    (target / "service.py").write_text(SERVICE)
    (target / "tokens.py").write_text("def issue(user_id):\n    return user_id\n")
    (target / "test_it.py").write_text(TESTS)
    settings = TestSettings(arguments=LEAN, timeout=30)
    return DoubledTarget(LocalEnvironment(Path(sys.executable)), target, settings, ROLES)


def test_each_role_has_its_own_tests_and_doubles(service: DoubledTarget) -> None:
    found = service.rehearse([LIMITER, TOKEN])
    assert list(found) == ["limiter", "token"]
    for part, test in ((TOKEN, "test_it.py::test_tokens"), (LIMITER, "test_it.py::test_limits")):
        runs = found[part.role]
        assert all(list(run.by_id) == [test] for run in runs if not run.not_made)
        assert runs[0].by_id[test].outcome == runs[-1].by_id[test].outcome == "passed"
        assert runs[1].noticed(test), part.role
        assert runs[1].noticed(test) == service.run(part, part.doubles[1]).noticed(test)


def test_a_role_that_is_not_there_leaves_the_others(service: DoubledTarget) -> None:
    (service.workspace / "limits.py").write_text("raise RuntimeError('not today')\n")
    (service.workspace / "service.py").write_text(
        "from tokens import issue\nserve = lambda user: [issue(user)]\n"
    )
    (service.workspace / "test_it.py").write_text(
        TESTS.replace("import colorsys, service", "import service").replace(
            "assert service.colorsys is colorsys", ""
        )
    )
    assert list(service.rehearse([LIMITER, TOKEN])) == ["token"]


@pytest.mark.parametrize("ending", ["import os; os._exit(0)", "import time; time.sleep(600)"])
def test_a_target_that_ends_its_process_is_not_rehearsed(service: DoubledTarget, ending: str) -> None:
    (service.workspace / "tokens.py").write_text(ending)
    quick = DoubledTarget(
        service.environment, service.workspace, TestSettings(arguments=LEAN, timeout=1), service.roles
    )
    assert quick.rehearse([TOKEN]) == {}
