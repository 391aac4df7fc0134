"""Capabilities for critical paths, HTTP and services: what asks for them, and which breaks they notice."""

import ast
import sys
from pathlib import Path

import pytest

from cellwall.migrate.batch import Batch, FileChange, Patch
from cellwall.migrate.capabilities.registry import capability_named, match_task
from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.notices_leaks import NoticesLeaksGate
from cellwall.migrate.new_tests.roles_of_tests import modules_by_role
from cellwall.migrate.new_tests.spelling import UnspellableError
from cellwall.migrate.new_tests.writing import module_source
from cellwall.project.config import TestSettings, load_project
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.roles import Roles
from cellwall.project.samples import Samples
from tests.migrate.capabilities.clinic_services import SABOTAGES, failed, grown, text_of

# Capability -> sentences that ask for it, sentences that do not, breaks of the clinic that it notices.
TABLE: dict[str, tuple[list[str], list[str], list[str]]] = {
    "comprehensive-isolation-suite": (
        [
            "Add comprehensive isolation test suite",
            "Write an isolation suite for the clinic",
            "Cover isolation in all layers",
            "Ensure complete isolation of patients",
        ],
        ["Remove the isolation test suite", "Add a comprehensive handbook"],
        [
            "every pass is the first bearer's",
            "one nurse for everybody",
            "one chart on all desks",
            "one database for everybody",
            "events go to everybody",
            "the diary is open",
            "every courier works for the first",
            "one chart on the shelf",
        ],
    ),
    "stress-high-concurrency": (
        [
            "Stress test with high concurrency",
            "Test many requests under high concurrency",
            "Stress the clinic with many users",
            "Add stress tests of concurrent users",
        ],
        ["Reduce stress", "Test a single request"],
        ["one nurse for everybody", "events go to everybody"],
    ),
    "security-boundaries": (
        [
            "Validate security boundaries",
            "Test the security boundary between users",
            "Check that forged tokens are refused",
            "Prove that an attacker reaches no data",
        ],
        ["Update the security policy", "Validate boundary values"],
        [
            "seals are not checked",
            "passes last for ever",
            "one database for everybody",
            "visits of anybody",
        ],
    ),
    "resource-exhaustion": (
        [
            "Test resource exhaustion scenarios",
            "Cover exhausted resources",
            "Simulate a noisy neighbour",
            "Verify exhaustion scenarios of one user",
        ],
        ["Document resource limits", "Test resource names"],
        ["events go to everybody", "one queue for everybody", "one session that nobody closes"],
    ),
    "multi-user-end-to-end": (
        [
            "Add multi-user E2E scenarios",
            "Write multi-user end-to-end tests",
            "Cover end-to-end journeys of several users",
            "Test a multi-user scenario from login to logout",
        ],
        ["Add E2E screenshots", "Remove multi-user scenarios"],
        ["the web keeps one list", "every pass is the first bearer's"],
    ),
    "api-authentication-isolation": (
        [
            "Test API authentication isolation",
            "Verify that API authentication holds",
            "Check the isolation of authentication",
            "Ensure requests are authenticated",
        ],
        ["Document API authentication", "Test API pagination"],
        ["the web keeps one list", "the web asks for no pass"],
    ),
    "response-isolation": (
        [
            "Verify response isolation",
            "Check that responses are isolated",
            "Test that a response leaks nothing",
            "Prove isolation of HTTP responses",
        ],
        ["Verify response times", "Format every response for isolation tables"],
        ["the web keeps one list"],
    ),
    "rate-limiting-per-user": (
        [
            "Test rate limiting per user",
            "Verify the rate limit of each user",
            "Check that users have a request budget",
            "Ensure rate limits are kept apart",
        ],
        ["Test growth rates of users", "Remove rate limiting"],
        ["one queue for everybody"],
    ),
    "service-specific-patterns": (
        [
            "Update service-specific isolation patterns",
            "Convert service-specific tests",
            "Migrate each service's own isolation",
            "Change every service for isolation",
        ],
        ["Add a service", "Update isolation patterns"],
        ["every pass is the first bearer's", "the diary is open", "the web keeps one list"],
    ),
    "cross-service-isolation": (
        [
            "Add cross-service isolation tests",
            "Verify isolation across services",
            "Test the way from one service to another",
            "Check the isolation at service boundaries",
        ],
        ["Add a service", "Test cross-browser isolation"],
        [
            "every pass is the first bearer's",
            "every courier works for the first",
            "couriers sign in as patients",
        ],
    ),
    "jwt-session-isolation": (
        [
            "Verify JWT/session isolation",
            "Test the isolation of tokens",
            "Check that a JWT opens its user's session",
            "Prove that a token proves its user",
        ],
        ["Rotate JWT keys", "Verify session timeouts"],
        ["every pass is the first bearer's", "one pass for all", "one database for everybody"],
    ),
    "service-to-service": (
        [
            "Test service-to-service communication",
            "Verify inter-service calls",
            "Check tokens between services",
            "Cover calls that a service makes on behalf of users",
        ],
        ["Test customer service", "Document service communication"],
        ["every courier works for the first", "one courier for all", "seals are not checked"],
    ),
    "analytics-by-owner": (
        [
            "Verify that analytics are tagged with their owner",
            "Test analytics isolation",
            "Check that analytics events belong to one user",
            "Ensure tracking events name their user",
        ],
        ["Remove analytics", "Verify analytics charts"],
        ["the diary is open", "the diary mixes owners up"],
    ),
}
SENTENCES = [(name, text) for name, (asked, _, _) in TABLE.items() for text in asked]
NEAR_MISSES = [(name, text) for name, (_, near, _) in TABLE.items() for text in near]
LEAN = tuple(word for name in ("hypothesispytest", "anyio", "xdist") for word in ("-p", f"no:{name}"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grown clinic, which no test changes."""
    return grown(tmp_path_factory.mktemp("office") / "clinic")


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
def test_the_module_is_as_it_was_last_read(name: str, office: Path) -> None:
    """After a change on purpose, write the new text into the folder `written_for_services` and read it."""
    known = Path(__file__).with_name("written_for_services") / f"{name}.txt"
    assert text_of(name, office) == known.read_text()


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
def test_every_test_states_its_isolation_in_three_parts(name: str, office: Path) -> None:
    tests = [n for n in ast.parse(text_of(name, office)).body if getattr(n, "name", "").startswith("test")]
    stated = [ast.get_docstring(node) or "" for node in tests]  # type: ignore[arg-type]
    assert tests
    for words in stated:
        assert words.startswith("Isolation: ")
        assert words.count(";") == 2
        assert words.endswith(".")
    assert len(set(stated)) == len(stated)


@pytest.mark.parametrize("name", TABLE)
def test_every_test_named_for_a_role_of_its_own_is_written(name: str, office: Path) -> None:
    tests = capability_named(name).new_tests
    assert tests is not None
    assert [test for test in tests.roles if f"def {test}(" not in text_of(name, office)] == []


@pytest.mark.parametrize("name", TABLE)
def test_a_target_that_says_nothing_is_told_what_is_missing(name: str) -> None:
    with pytest.raises(UnspellableError, match=r"tool\.cellwall"):
        module_source(capability_named(name), Roles(), Samples())


@pytest.mark.big
@pytest.mark.timeout(600)  # some modules are about eight roles, each with three runs or more
@pytest.mark.parametrize("name", TABLE)
def test_every_test_notices_a_leaking_double_of_its_role(name: str, tmp_path: Path) -> None:
    target = grown(tmp_path / "clinic")
    path = f"tests/test_{name.replace('-', '_')}.py"
    source = text_of(name, target).encode()
    (target / "tests").mkdir()
    (target / path).write_bytes(source)
    tests = capability_named(name).new_tests
    assert tests is not None
    modules = tuple(modules_by_role(path, name, tests, source))
    batch = Batch("a01-b001", 1, (path,))
    patch = Patch(batch, "0" * 40, (FileChange(path, None, source),), (), (), modules)
    project = load_project(target)._replace(tests=TestSettings(arguments=LEAN, timeout=60))
    environment = LocalEnvironment(Path(sys.executable))
    verdict = NoticesLeaksGate().judge(
        Subject(patch, target, target, frozenset({path}), project, environment)
    )
    assert verdict.passed, verdict.evidence
