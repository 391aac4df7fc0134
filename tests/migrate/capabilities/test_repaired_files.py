"""Capabilities that repair: a file before and after, what they list for people, and that all gates agree."""

import sys
from pathlib import Path

import pytest

from cellwall.check.project_facts import collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.agents.agent import Request
from cellwall.migrate.agents.built_in import BuiltInAgent
from cellwall.migrate.batch import Batch, Patch
from cellwall.migrate.capabilities.registry import capability_named
from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.registry import all_gates
from cellwall.project.config import ProjectConfig, load_project
from cellwall.project.environment import Limits
from cellwall.project.local_environment import LocalEnvironment

FILES = Path(__file__).parent / "repaired"
PATH = "tests/test_desks.py"
CONFIGURATION = '[tool.pytest.ini_options]\nasyncio_mode = "auto"\n'
ESCAPES = "the value is kept or passed on where it cannot be followed"

# Capability -> how many sites it repairs in its file, and (line, reason) of those that it lists.
TABLE = {
    "remove-global-state": (2, [(5, ESCAPES)]),
    "use-own-ids": (2, [(44, ESCAPES)]),
}


def proposed(name: str, root: Path) -> tuple[Patch, ProjectConfig]:
    """Let the built-in agent do a capability's work on its file."""
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").write_text(CONFIGURATION)
    (root / PATH).write_text((FILES / f"{name}.before.txt").read_text())
    project = load_project(root)
    settings = CheckSettings.from_project(project, rules=capability_named(name).rules)
    facts = collect_facts(DirectorySourceTree(root), settings)
    batch = Batch("a01-b001", 1, (PATH,))
    return BuiltInAgent().propose(Request(batch, "0" * 40, root, settings, facts, project)), project


@pytest.mark.parametrize("name", TABLE)
def test_a_file_before_and_after(name: str, tmp_path: Path) -> None:
    patch, _ = proposed(name, tmp_path / "base")
    after = patch.changes[0].after or b""
    assert after.decode() == (FILES / f"{name}.after.txt").read_text()
    repaired, listed = TABLE[name]
    assert len(patch.repaired) == repaired
    assert [(site.line, site.reason) for site in patch.needs_human] == listed


@pytest.mark.parametrize("name", TABLE)
def test_every_gate_lets_it_through(name: str, tmp_path: Path) -> None:
    base, patched = tmp_path / "base", tmp_path / "patched"
    patch, project = proposed(name, base)
    (patched / "tests").mkdir(parents=True)
    (patched / "pyproject.toml").write_text(CONFIGURATION)
    (patched / PATH).write_bytes(patch.changes[0].after or b"")
    environment = LocalEnvironment(Path(sys.executable), Limits(seconds=60))
    subject = Subject(patch, base, patched, frozenset({PATH}), project, environment)
    verdicts = [gate.judge(subject) for gate in all_gates()]
    assert [(verdict.gate, verdict.evidence) for verdict in verdicts if not verdict.passed] == []


@pytest.mark.parametrize("name", TABLE)
def test_a_second_time_nothing_is_left(name: str, tmp_path: Path) -> None:
    patch, project = proposed(name, tmp_path / "base")
    (tmp_path / "base" / PATH).write_bytes(patch.changes[0].after or b"")
    settings = CheckSettings.from_project(project, rules=capability_named(name).rules)
    facts = collect_facts(DirectorySourceTree(tmp_path / "base"), settings)
    again = BuiltInAgent().propose(
        Request(Batch("a01-b001", 1, (PATH,)), "0" * 40, tmp_path / "base", settings, facts, project)
    )
    assert (again.changes, again.repaired) == ((), ())
