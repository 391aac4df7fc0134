"""The platform is broken on purpose, one place at a time: new tests notice each break, the old ones few."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cellwall.migrate.capabilities.capability import NewTests
from cellwall.migrate.capabilities.registry import all_capabilities
from cellwall.migrate.new_tests.writing import module_source
from cellwall.project.config import load_project

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_platform"
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".pytest_cache", "*.pyc", ".git")
# What the ordinary suite shows, each role with the tests of its own capabilities only.
SHORT = ("pool-broadcasts", "sessions-share-rows", "limits-count-everybody")
ROLES = {
    "pool",
    "session",
    "agent_factory",
    "dispatcher",
    "token_owner",
    "service_owner",
    "query",
    "limiter",
    "app",
}


@dataclass(frozen=True)
class Sabotage:
    """A small edit that breaks the wall at one place."""

    name: str
    role: str
    file: str
    edits: tuple[tuple[str, str], ...]

    def commit(self, root: Path) -> None:
        """Break the platform at `root`; every text that is edited stands there once."""
        path = root / self.file
        source = path.read_text()
        for old, new in self.edits:
            assert source.count(old) == 1, (
                f"{self.name}: {old!r} stands {source.count(old)} times in {self.file}"
            )
            source = source.replace(old, new)
        compile(source, self.file, "exec")
        path.write_text(source)


@dataclass(frozen=True)
class Outcome:
    """What came of one run of tests: the ids of those that failed, and all the output."""

    failed: tuple[str, ...]
    output: str


def sabotages() -> dict[str, Sabotage]:
    table: dict[str, Any] = tomllib.loads(Path(__file__).with_name("sabotages.toml").read_text())
    return {
        name: Sabotage(name, entry["role"], entry["file"], tuple((old, new) for old, new in entry["edits"]))
        for name, entry in table.items()
    }


SABOTAGES = sabotages()


def run(root: Path, tests: Iterable[str] = ()) -> Outcome:
    """Run these tests, or all; anything but passed and failed tests is an error of ours."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-rf", "--tb=short", *tests]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout[-4000:] + done.stderr[-2000:]
    failed = tuple(re.findall(r"^FAILED (\S+)", done.stdout, flags=re.M))
    assert bool(failed) is bool(done.returncode), done.stdout[-4000:]
    return Outcome(failed, done.stdout)


def broken(sabotage: Sabotage, tree: Path, target: Path) -> Path:
    shutil.copytree(tree, target, ignore=LEFT_OUT)
    sabotage.commit(target)
    return target


def test_each_role_is_broken_and_each_in_its_own_way() -> None:
    assert len(SABOTAGES) >= 12
    assert {sabotage.role for sabotage in SABOTAGES.values()} == ROLES
    assert len({(sabotage.file, sabotage.edits) for sabotage in SABOTAGES.values()}) == len(SABOTAGES)
    assert all(set(SABOTAGES) >= {name} for name in SHORT)


@pytest.mark.parametrize("sabotage", SABOTAGES.values(), ids=SABOTAGES)
def test_the_edit_fits(sabotage: Sabotage, tmp_path: Path) -> None:
    (tmp_path / sabotage.file).parent.mkdir(parents=True)
    shutil.copy(EXAMPLE / sabotage.file, tmp_path / sabotage.file)
    sabotage.commit(tmp_path)
    assert (tmp_path / sabotage.file).read_text() != (EXAMPLE / sabotage.file).read_text()


@pytest.mark.parametrize("name", SHORT)
def test_what_capabilities_write_notices(name: str, tmp_path: Path) -> None:
    project, sabotage = load_project(EXAMPLE), SABOTAGES[name]
    root = tmp_path / "agent_platform"
    shutil.copytree(EXAMPLE, root, ignore=LEFT_OUT)
    written = []
    for capability in all_capabilities():
        if isinstance(capability.new_tests, NewTests) and capability.new_tests.role == sabotage.role:
            path = f"tests/test_{capability.name.replace('-', '_')}.py"
            (root / path).write_bytes(module_source(capability, project.roles, project.samples))
            written.append(path)
    assert written, f"no capability writes tests of the role {sabotage.role!r}"
    assert run(root, written).failed == ()
    sabotage.commit(root)
    assert run(root, written).failed


@pytest.mark.big
@pytest.mark.timeout(1800)
class TestAfterARun:
    """The whole plan is run once; then all sabotages."""

    def test_new_tests_pass_where_nothing_is_broken(self, migrated: Any) -> None:
        assert migrated.new_modules
        assert run(migrated.root, migrated.new_modules).failed == ()

    @pytest.mark.parametrize("sabotage", SABOTAGES.values(), ids=SABOTAGES)
    def test_a_new_test_notices(self, sabotage: Sabotage, migrated: Any, tmp_path: Path) -> None:
        root = broken(sabotage, migrated.root, tmp_path / "agent_platform")
        assert run(root, migrated.new_modules).failed, f"no new test notices {sabotage.name}"

    def test_the_old_tests_notice_a_third_at_most(self, tmp_path: Path) -> None:
        noticed = {
            name: outcome.failed
            for name, sabotage in SABOTAGES.items()
            if (outcome := run(broken(sabotage, EXAMPLE, tmp_path / name))).failed
        }
        assert 3 * len(noticed) <= len(SABOTAGES), noticed
        assert noticed, "the old tests run, and some of them know two users"
