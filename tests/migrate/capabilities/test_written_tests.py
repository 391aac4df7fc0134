"""Capabilities that write tests: which sentences ask for them, and which breaks they notice."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.migrate.batch import Batch, FileChange, NewModule, Patch
from cellwall.migrate.capabilities.registry import capability_named, match_task
from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.notices_leaks import NoticesLeaksGate
from cellwall.migrate.new_tests.spelling import UnspellableError
from cellwall.migrate.new_tests.writing import module_source
from cellwall.project.config import TestSettings, load_project
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.roles import Roles
from cellwall.project.samples import Samples
from tests.migrate.capabilities.clinic import CLINIC, SABOTAGES, failed, text_of

# Capability -> sentences that ask for it, sentences that do not, breaks of the clinic that it notices.
TABLE: dict[str, tuple[list[str], list[str], list[str]]] = {
    "agent-state-isolation": (
        [
            "Verify agent state isolation",
            "Check that the state of agents is isolated",
            "Prove isolation between agents",
            "Ensure agent memory isolation",
        ],
        ["Remove agent state", "Verify the state of the build"],
        ["one nurse for everybody", "nurses share their memory"],
    ),
    "concurrent-test-scenarios": (
        [
            "Validate isolation with concurrent test scenarios",
            "Add concurrency scenarios for the clinic",
            "Cover parallel scenarios of several agents",
            "Test isolation of concurrent requests",
        ],
        ["Add scenarios for billing", "Run tests concurrently"],
        ["one nurse for everybody", "nurses share their memory"],
    ),
    "concurrent-user-simulation": (
        [
            "Add concurrent user simulation tests",
            "Simulate several users in the waiting room",
            "Simulate many users of the clinic",
            "Write tests of parallel users",
        ],
        ["Simulate an outage", "Add a user guide"],
        [
            "one nurse for everybody",
            "one chart on all desks",
            "events go to everybody",
            "one database for everybody",
        ],
    ),
    "websocket-event-isolation": (
        [
            "Verify WebSocket event isolation",
            "Test the isolation of web socket events",
            "Check event routing for isolation",
            "Prove that WebSocket events are isolated",
        ],
        ["Rename WebSocket events", "Verify events of the calendar"],
        ["events go to everybody"],
    ),
    "event-leakage-detection": (
        [
            "Add cross-user event leakage detection",
            "Detect leakage of events",
            "Test that no event leaks to other users",
            "Check WebSocket messages for leaks",
        ],
        ["Detect memory leaks", "Fix event leakage in the docs"],
        ["events go to everybody"],
    ),
    "connection-cleanup": (
        [
            "Verify connection cleanup on disconnect",
            "Test that a connection is cleaned up",
            "Check clean-up of connections",
            "Ensure connections are closed on disconnect",
        ],
        ["Clean up imports", "Verify the connection string"],
        ["a disconnect does nothing", "a disconnect does not ask whose connection it is"],
    ),
    "concurrent-connections": (
        [
            "Test concurrent WebSocket connections",
            "Add tests of parallel connections",
            "Verify concurrent connections of one user",
            "Cover several devices",
        ],
        ["Test the connection pool under load", "Close concurrent connections"],
        ["events go to everybody", "a disconnect does nothing"],
    ),
    "database-session-isolation": (
        [
            "Test database session isolation",
            "Verify isolation of the database",
            "Check that sessions are isolated",
            "Prove DB session isolation",
        ],
        ["Migrate the database", "Verify JWT/session isolation"],
        ["one database for everybody", "one session for everybody"],
    ),
    "session-lifecycle": (
        [
            "Add session lifecycle validation",
            "Test the life cycle of a session",
            "Verify the lifetime of each session",
            "Check that a session ends with its request",
        ],
        ["Document the session lifecycle", "Add lifecycle hooks"],
        ["sessions are left open", "one session for everybody"],
    ),
    "transaction-isolation": (
        [
            "Test transaction isolation",
            "Verify that transactions are isolated",
            "Check that a rollback touches no other user",
            "Prove that nobody sees uncommitted rows",
        ],
        ["Set the transaction isolation level", "Test transaction fees"],
        ["one database for everybody", "one session for everybody"],
    ),
    "session-disposal": (
        [
            "Verify proper session disposal",
            "Check that sessions are disposed",
            "Test that every session is closed",
            "Ensure session clean-up",
        ],
        ["Remove session disposal", "Verify waste disposal"],
        ["sessions are left open", "one database for everybody"],
    ),
    "resource-cleanup": (
        [
            "Validate resource cleanup",
            "Test that resources are released",
            "Check the clean-up of resources",
            "Verify that resources are given back",
        ],
        ["Validate resource names", "Clean up resources by hand"],
        ["sessions are left open"],
    ),
    "tool-executor-isolation": (
        [
            "Add tool executor isolation tests",
            "Verify isolation of tools",
            "Check that each dispatcher is isolated",
            "Prove isolation of the executor",
        ],
        ["Update the tool executor", "Add a tool"],
        ["one chart on all desks"],
    ),
    "concurrent-tool-execution": (
        [
            "Test concurrent tool execution",
            "Verify that tools are executed concurrently",
            "Verify parallel tools",
            "Cover tools that run simultaneously",
        ],
        ["Test tool execution", "Sharpen concurrent tools"],
        ["one chart on all desks"],
    ),
}
SENTENCES = [(name, text) for name, (asked, _, _) in TABLE.items() for text in asked]
NEAR_MISSES = [(name, text) for name, (_, near, _) in TABLE.items() for text in near]
LEAN = tuple(word for name in ("hypothesispytest", "anyio", "xdist") for word in ("-p", f"no:{name}"))


@pytest.mark.parametrize(("name", "text"), SENTENCES)
def test_a_sentence_is_matched(name: str, text: str) -> None:
    found = match_task(text)
    assert found is not None
    assert found.capability.name == name


@pytest.mark.parametrize(("name", "text"), NEAR_MISSES)
def test_a_near_miss_is_not(name: str, text: str) -> None:
    found = match_task(text)
    assert found is None or found.capability.name != name


@pytest.mark.parametrize("name", TABLE)
def test_the_module_is_as_it_was_last_read(name: str) -> None:
    """After a change on purpose, write the new text into the folder `written` and read it."""
    known = Path(__file__).with_name("written") / f"{name}.txt"
    assert text_of(name) == known.read_text()


@pytest.mark.parametrize("name", TABLE)
def test_the_healthy_clinic_passes_and_every_break_is_noticed(name: str, tmp_path: Path) -> None:
    healthy = failed(name, tmp_path / "healthy")
    assert set(healthy.values()) == {""}
    noticed = set()
    for number, sabotage in enumerate(TABLE[name][2]):
        found = failed(name, tmp_path / str(number), sabotage)
        assert any(found.values()), f"nothing notices that {sabotage}"
        noticed |= {test for test, words in found.items() if words}
    assert noticed == healthy.keys()


def test_every_break_is_noticed_by_something() -> None:
    assert {sabotage for _, _, noticed in TABLE.values() for sabotage in noticed} == SABOTAGES.keys()


@pytest.mark.parametrize("name", TABLE)
def test_canaries_of_one_test_stand_in_no_other(name: str) -> None:
    mine = _canaries(text_of(name))
    others = [_canaries(text_of(other)) for other in TABLE if other != name]
    assert mine
    assert not any(mine & theirs for theirs in others)


def _canaries(text: str) -> set[str]:
    texts = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return {each for each in texts if isinstance(each, str) and each.startswith(("amber", "birch", "user-"))}


@pytest.mark.parametrize("name", TABLE)
def test_every_test_states_its_isolation_in_three_parts(name: str) -> None:
    tests = [node for node in ast.parse(text_of(name)).body if getattr(node, "name", "").startswith("test")]
    stated = [ast.get_docstring(node) or "" for node in tests]  # type: ignore[arg-type]
    assert 1 <= len(tests) <= 4
    for words in stated:
        assert words.startswith("Isolation: ")
        assert words.count(";") == 2
        assert words.endswith(".")
    assert len(set(stated)) == len(stated)


@pytest.mark.parametrize("name", TABLE)
def test_a_target_that_says_nothing_is_told_what_is_missing(name: str) -> None:
    with pytest.raises(UnspellableError, match=r"tool\.cellwall"):
        module_source(capability_named(name), Roles(), Samples())


def test_the_clinics_own_pytest_runs_all_modules(tmp_path: Path) -> None:
    _write_all(tmp_path / "clinic", list(TABLE))
    command = [sys.executable, "-m", "pytest", "-q", *LEAN, "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=tmp_path / "clinic", capture_output=True, text=True, check=False)
    tests = sum(text_of(name).count("def test_") for name in TABLE)
    assert f"{tests} passed" in done.stdout, done.stdout


@pytest.mark.big
@pytest.mark.parametrize("role", ["agent_factory", "dispatcher", "pool", "session"])
def test_every_test_notices_a_leaking_double_of_its_role(role: str, tmp_path: Path) -> None:
    names = [name for name in TABLE if getattr(capability_named(name).new_tests, "role", "") == role]
    target = tmp_path / "clinic"
    paths = _write_all(target, names)
    patch = Patch(
        Batch("a01-b001", 1, tuple(paths)),
        "0" * 40,
        tuple(FileChange(path, None, (target / path).read_bytes()) for path in paths),
        (),
        (),
        tuple(NewModule(path, name, role) for path, name in paths.items()),
    )
    project = load_project(target)._replace(tests=TestSettings(arguments=LEAN, timeout=60))
    environment = LocalEnvironment(Path(sys.executable))
    verdict = NoticesLeaksGate().judge(Subject(patch, target, target, frozenset(paths), project, environment))
    assert verdict.passed, verdict.evidence


def _write_all(target: Path, names: list[str]) -> dict[str, str]:
    """Copy the clinic with the modules of these capabilities; give path -> capability."""
    for source in CLINIC.rglob("*"):
        if source.is_file() and "__pycache__" not in source.parts:
            copy = target / source.relative_to(CLINIC)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    (target / "tests").mkdir()
    paths = {f"tests/test_{name.replace('-', '_')}.py": name for name in names}
    for path, name in paths.items():
        (target / path).write_text(text_of(name))
    return paths
