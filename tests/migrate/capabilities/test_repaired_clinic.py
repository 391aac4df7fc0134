"""Capabilities that repair, on a clinic with its former ways: files before and after, gates, and sabotage."""

import sys
from functools import cache
from pathlib import Path

import pytest

from cellwall.migrate.capabilities.registry import all_capabilities
from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.registry import all_gates
from cellwall.project.config import TestSettings, load_project
from cellwall.project.environment import Limits
from cellwall.project.local_environment import LocalEnvironment
from tests.migrate.capabilities import test_tests_of_services, test_written_tests
from tests.migrate.capabilities.former_clinic import (
    FILES,
    LEAN,
    failed,
    former_clinic,
    place_of,
    proposed,
    text_of,
)

NO_REPAIR = "no repair is known for this shape"
ESCAPES = "the value is kept or passed on where it cannot be followed"

# Capability -> sites that it repairs in its file; (line, reason) of those listed; breaks its tests notice.
TABLE: dict[str, tuple[int, list[tuple[int, str]], list[str]]] = {
    "add-user-context": (3, [], ["one nurse for everybody", "nurses share their memory"]),
    "remove-global-state": (2, [(9, ESCAPES)], ["one nurse for everybody", "nurses share their memory"]),
    "remove-shared-session": (2, [], ["one database for everybody"]),
    "replace-registry-access": (5, [], ["one nurse for everybody", "one chart on all desks"]),
    "service-specific-patterns": (
        4,
        [],
        ["one nurse for everybody", "one chart on all desks", "events go to everybody"],
    ),
    "state-isolation-strategy": (3, [(40, NO_REPAIR)], ["one nurse for everybody"]),
    "use-connection-pool": (2, [], ["events go to everybody"]),
    "use-own-ids": (3, [], ["one database for everybody"]),
}
SABOTAGES = sorted({sabotage for _, _, noticed in TABLE.values() for sabotage in noticed})


def repaired_clinic(root: Path) -> Path:
    """Give a clinic with the repaired files of all capabilities."""
    former_clinic(root)
    for name in TABLE:
        (root / place_of(name)).write_text(text_of(name, "after"))
    return root


@cache
def noticed_by(root: Path, sabotage: str) -> frozenset[str]:
    return frozenset(failed(repaired_clinic(root / (sabotage.replace(" ", "-") or "healthy")), sabotage))


@pytest.fixture(scope="module")
def clinics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clinics")


@pytest.mark.parametrize("name", TABLE)
def test_a_file_before_and_after(name: str, tmp_path: Path) -> None:
    """After a change on purpose, write the new text into the folder `repaired_clinic` and read it."""
    patch = proposed(name, former_clinic(tmp_path / "clinic"))
    repaired, listed, _ = TABLE[name]
    assert (patch.changes[0].after or b"").decode() == text_of(name, "after")
    assert len(patch.repaired) == repaired
    assert [(site.line, site.reason) for site in patch.needs_human] == listed


@pytest.mark.parametrize("name", TABLE)
def test_the_repaired_tests_pass(name: str, clinics: Path) -> None:
    assert place_of(name) not in noticed_by(clinics, "")


@pytest.mark.parametrize(("name", "sabotage"), [(n, s) for n, (_, _, each) in TABLE.items() for s in each])
def test_the_repaired_tests_notice_the_break(name: str, sabotage: str, clinics: Path) -> None:
    assert place_of(name) in noticed_by(clinics, sabotage)


def test_before_the_repair_tests_stand_in_each_others_way(tmp_path: Path) -> None:
    root = former_clinic(tmp_path / "clinic")
    for name in TABLE:
        (root / place_of(name)).write_text(text_of(name, "before"))
    spoiled = set(TABLE) - {
        "state-isolation-strategy",
        "use-own-ids",
    }  # these two repair what is said, not done
    assert failed(root) == {place_of(name) for name in spoiled}


@pytest.mark.big
@pytest.mark.parametrize("name", TABLE)
def test_every_gate_lets_it_through(name: str, tmp_path: Path) -> None:
    base, patched = tmp_path / "base", former_clinic(tmp_path / "patched")
    path = place_of(name)
    patch = proposed(name, former_clinic(base))
    (patched / path).write_bytes(patch.changes[0].after or b"")
    project = load_project(base)._replace(tests=TestSettings(arguments=LEAN, timeout=60))
    environment = LocalEnvironment(Path(sys.executable), Limits(seconds=60))
    subject = Subject(patch, base, patched, frozenset({path}), project, environment)
    verdicts = [gate.judge(subject) for gate in all_gates()]
    assert [(verdict.gate, verdict.evidence) for verdict in verdicts if not verdict.passed] == []


def test_every_capability_that_repairs_has_a_file_here_and_every_other_writes_tests() -> None:
    repairing = {capability.name for capability in all_capabilities() if capability.rules}
    writing = {capability.name for capability in all_capabilities() if capability.new_tests is not None}
    assert repairing == set(TABLE) == {path.name.split(".")[0] for path in FILES.iterdir()}
    assert writing == set(test_written_tests.TABLE) | set(test_tests_of_services.TABLE)
    assert repairing | writing == {capability.name for capability in all_capabilities()}
