"""Which modules test no two users, and which tests of two users capabilities wrote for them."""

from pathlib import Path

from cellwall.migrate import events as e
from cellwall.migrate.fake_run import RunBuilder
from cellwall.migrate.scope import Scope
from cellwall.migrate.survey import Overlap, Survey
from cellwall.migrate.user_tests import bare_modules, entry_roles, user_tests
from cellwall.project.config import ProjectConfig, load_project

TWO = b"def test_x():\n    a = make_context('u1')\n    b = make_context('u2')\n    assert a is not b\n"
ONE = b"def test_y():\n    a = pool_of('u1')\n    assert a\n"
ROLES = """
[tool.cellwall]
critical = ["shop/**"]
[tool.cellwall.roles.pool]
import = "from shop.sockets import pool_of"
create = "pool_of()"
[tool.cellwall.roles.context]
import = "from shop.visit import Visit"
create = "Visit({user_id})"
"""
NEW = "shop/test_websocket_event_isolation.py"


def project(tmp_path: Path) -> ProjectConfig:
    (tmp_path / "pyproject.toml").write_text(ROLES)
    return load_project(tmp_path)


def scope(*overlaps: Overlap) -> Scope:
    owned = {1: ("shop/test_a.py",), 2: ("other/test_b.py",)}
    return Scope(Survey(owned, {}, overlaps, (), ()), owned, ())


def test_bare_modules_say_in_whose_scopes_they_are_and_what_they_reach(tmp_path: Path) -> None:
    modules = [("shop/test_a.py", ONE), ("other/test_b.py", TWO), ("critical/test_c.py", b"def test")]
    first, other = bare_modules(modules, scope(Overlap("shop/test_a.py", (1, 2), 1)), project(tmp_path))
    assert first == {
        "path": "shop/test_a.py",
        "agents": [1, 2],
        "roles": ["pool"],
        "areas": ["all", "critical"],
    }
    assert (other["agents"], other["areas"]) == ([], ["all"])


def test_a_module_that_stood_there_is_not_called_proved(tmp_path: Path) -> None:
    row = {"agent": 1, "capability": "websocket-event-isolation", "path": NEW}
    state = RunBuilder().start().survey(present=[row]).state
    assert user_tests(state, {NEW: TWO}.__getitem__, project(tmp_path)) == [
        {"test": f"{NEW}::test_x", "role": "pool", "agent": 1, "proved": False}
    ]
    assert user_tests(state, {NEW: ONE}.__getitem__, project(tmp_path)) == []


def test_a_proved_test_of_one_user_is_none_of_two(tmp_path: Path) -> None:
    module = {"path": NEW, "capability": "websocket-event-isolation", "role": "pool", "tests": []}
    proved = [{"test": f"{NEW}::{name}", "double": "d", "by": "b"} for name in ("test_x", "test_y")]
    build = RunBuilder().start().survey().add(e.BatchPlanned("a01-b000", 1, [NEW], {NEW: "x"}))
    build.add(e.PatchProposed("a01-b000", 1, "f" * 64, [NEW], [], [], 0.1, new_modules=[module]))
    build.add(e.Judged("a01-b000", "f" * 64, "notices leaks", True, "", {"proved": proved}, 0.1))
    build.add(e.BatchMerged("a01-b000", 1, "c" * 40, [NEW]))
    rows = user_tests(build.state, {NEW: TWO + ONE}.__getitem__, project(tmp_path))
    assert [(row["test"], row["proved"]) for row in rows] == [(f"{NEW}::test_x", True)]


def test_entry_roles_are_those_that_somebody_configured(tmp_path: Path) -> None:
    assert entry_roles(project(tmp_path)) == ["context", "pool"]
    (tmp_path / "pyproject.toml").write_text("")
    assert entry_roles(load_project(tmp_path)) == []
