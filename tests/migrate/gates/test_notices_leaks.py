"""The gate "notices leaks" by real runs: honest modules of every role pass, weak and hostile ones do not."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from cellwall.migrate.batch import Batch, FileChange, NewModule, Patch
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.leak_runs import Runs
from cellwall.migrate.gates.notices_leaks import NoticesLeaksGate
from cellwall.project.config import TestSettings, load_project
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.roles import ROLE_NAMES, Role, Roles
from cellwall.testing.leaky_doubles.making import doubles_of
from tests.migrate.gates.honest_modules import HONEST
from tests.migrate.gates.hostile_modules import HOSTILE

TARGET = Path(__file__).parents[2] / "fixtures" / "isolated_desk"
LEAN = tuple(word for name in ("hypothesispytest", "anyio", "xdist") for word in ("-p", f"no:{name}"))
Judge = Callable[..., Verdict]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Give a copy of the desk."""
    shutil.copytree(TARGET, tmp_path / "desk")
    return tmp_path / "desk"


@pytest.fixture
def subject(target: Path, environment: LocalEnvironment) -> Callable[..., Subject]:
    """Give a function that makes a subject whose patch adds these modules, all for one role."""

    def make(role: str, modules: Mapping[str, str], **roles: Role) -> Subject:
        for path, text in modules.items():
            (target / path).parent.mkdir(exist_ok=True)
            (target / path).write_text(text)
        paths = tuple(sorted(modules))
        patch = Patch(
            Batch("a01-b001", 1, paths),
            "0" * 40,
            tuple(FileChange(path, None, modules[path].encode()) for path in paths),
            (),
            (),
            tuple(NewModule(path, "a-capability", role) for path in paths),
        )
        project = load_project(target)
        project = project._replace(
            roles=Roles({**project.roles.by_name, **roles}),
            tests=TestSettings(arguments=LEAN, timeout=60),
        )
        return Subject(patch, target, target, frozenset(paths), project, environment)

    return make


def reasons(verdict: Verdict) -> dict[str, str]:
    """Give test or path to why it proves nothing."""
    return {one["test"]: one["why"] for one in verdict.figures["not_proved"]}  # type: ignore[attr-defined]


def test_there_is_an_honest_module_for_every_role_with_a_double() -> None:
    assert HONEST.keys() == {role for role in ROLE_NAMES if role != "manager" and doubles_of(role)}
    assert HONEST.keys() | {"manager"} == set(ROLE_NAMES)


@pytest.mark.parametrize("role", HONEST)
def test_an_honest_module_is_accepted(role: str, subject: Callable[..., Subject]) -> None:
    path = f"tests/test_new_{role}.py"
    verdict = NoticesLeaksGate().judge(subject(role, {path: HONEST[role]}))
    assert verdict.passed, verdict.evidence
    proved = verdict.figures["proved"]
    assert isinstance(proved, list)
    assert len(proved) == HONEST[role].count("def test_") == len(verdict.evidence.splitlines()) - 1
    assert {one["double"] for one in proved} <= set(doubles_of(role))
    assert verdict.figures["not_proved"] == []
    json.dumps(dict(verdict.figures))


def test_weak_and_hostile_modules_are_refused(subject: Callable[..., Subject]) -> None:
    paths = {f"tests/test_{name.replace(' ', '_').replace(chr(39), '')}.py": name for name in HOSTILE}
    honest = "tests/test_honest.py"
    modules = {path: HOSTILE[name][0] for path, name in paths.items()}
    verdict = NoticesLeaksGate().judge(subject("pool", {**modules, honest: HONEST["pool"]}))
    assert not verdict.passed
    found = reasons(verdict)
    for path, name in paths.items():
        why = [text for test, text in found.items() if test.partition("::")[0] == path]
        assert why, f"{name}: accepted"
        assert any(HOSTILE[name][1] in text for text in why), (name, why)
    proved = verdict.figures["proved"]
    assert isinstance(proved, list)
    # A good case beside an empty one is proved; its module is refused all the same.
    good = {one["test"].partition("::")[0] for one in proved}
    assert good == {honest, "tests/test_one_case_of_two.py"}


NOT_MADE = {
    "nowhere": (
        Role("pool", ("from desk.nowhere import Pool",), "Pool()"),
        "desk.nowhere cannot be imported",
    ),
    "no such name": (Role("pool", ("from desk.sockets import Pond",), "Pond()"), "is not there"),
    "no import": (Role("pool", (), "Pool()"), "uses no name that it imports"),
    "built in": (Role("pool", ("from builtins import dict",), "dict()"), "cannot be replaced"),
    "no users": (Role("pool", ("from desk.web import App",), "App()"), "says for which user"),
}


@pytest.mark.parametrize(("role", "why"), NOT_MADE.values(), ids=NOT_MADE)
def test_what_cannot_be_doubled_is_refused_with_the_reason(
    role: Role, why: str, subject: Callable[..., Subject]
) -> None:
    test = "\n".join(role.imports) + f"\n\ndef test_it():\n    assert {role.create or 1} is not None\n"
    verdict = NoticesLeaksGate().judge(subject("pool", {"tests/test_new.py": test}, pool=role))
    assert not verdict.passed
    assert why in verdict.evidence


def never(subject: Subject) -> Runs:
    raise AssertionError("nothing is to be run")


@pytest.mark.parametrize("role", ["", "nobody", "pools"])
def test_a_role_without_doubles_is_refused(role: str, subject: Callable[..., Subject]) -> None:
    verdict = NoticesLeaksGate(runs=never).judge(subject(role, {"tests/test_new.py": "def test_a(): pass\n"}))
    assert not verdict.passed
    assert "no double of the role" in verdict.evidence


def test_a_role_that_nobody_configured_is_refused(subject: Callable[..., Subject]) -> None:
    made = subject("limiter", {"tests/test_new.py": "def test_a(): pass\n"})
    bare = replace(made, project=made.project._replace(roles=Roles()))
    verdict = NoticesLeaksGate(runs=never).judge(bare)
    assert not verdict.passed
    assert "nobody configured the role 'limiter'" in verdict.evidence


def test_a_patch_without_new_modules_passes_at_once(subject: Callable[..., Subject]) -> None:
    made = subject("pool", {})
    verdict = NoticesLeaksGate(runs=never).judge(made)
    assert verdict == Verdict("notices leaks", True, "no new module", {"ran": False})


def test_a_run_without_tests_says_so(subject: Callable[..., Subject]) -> None:
    made = replace(subject("pool", {"tests/test_new.py": HONEST["pool"]}), run_tests=False)
    verdict = NoticesLeaksGate(runs=never).judge(made)
    assert verdict == Verdict("notices leaks", True, "not run", {"ran": False})


def test_the_workspace_is_left_as_it_was(subject: Callable[..., Subject], target: Path) -> None:
    litters = HONEST["context"].replace("():\n", "():\n    open('left', 'x').close()\n")
    made = subject("context", {"tests/test_new.py": litters})
    before = sorted(target.rglob("*"))
    verdict = NoticesLeaksGate().judge(made)
    assert verdict.passed, verdict.evidence  # the second run would find the file of the first
    assert sorted(target.rglob("*")) == before


TWO_ROLES = HONEST["token"] + HONEST["limiter"]
NAMED = {"token": ("test_tokens_name_their_user",), "limiter": ("test_a_budget_is_its_users",)}


def _of_two_roles(subject: Subject, **named: tuple[str, ...]) -> Subject:
    path = "tests/test_new_token.py"
    modules = tuple(NewModule(path, "a-capability", role, tests) for role, tests in sorted(named.items()))
    return replace(subject, patch=replace(subject.patch, new_modules=modules))


def test_each_test_of_a_module_must_notice_leaks_of_the_role_that_it_is_named_for(
    subject: Callable[..., Subject],
) -> None:
    made = subject("token", {"tests/test_new_token.py": TWO_ROLES})
    verdict = NoticesLeaksGate().judge(_of_two_roles(made, **NAMED))
    assert verdict.passed, verdict.evidence
    assert isinstance(verdict.figures["proved"], list)
    assert len(verdict.figures["proved"]) == 2


def test_a_test_that_nobody_names_must_notice_every_role(subject: Callable[..., Subject]) -> None:
    made = subject("token", {"tests/test_new_token.py": TWO_ROLES + "\ndef test_nothing():\n    pass\n"})
    verdict = NoticesLeaksGate().judge(_of_two_roles(made, **NAMED))
    assert not verdict.passed
    assert list(reasons(verdict)) == ["tests/test_new_token.py::test_nothing"]
