"""Measuring real tests by real pytest: every kind of outcome, hostile tests, and spoiling configurations."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.project.config import TestSettings
from cellwall.project.environment import Completed
from cellwall.project.fake_environment import Call, FakeEnvironment, completed
from cellwall.project.local_environment import LocalEnvironment
from cellwall.testing.measured import Outcomes, read_session
from cellwall.testing.pytest_process import PLUGIN
from cellwall.testing.run_outcomes import measure_outcomes

Measure = Callable[..., Outcomes]

ALL_KINDS = """
import os, pytest, unittest

def test_passed(): pass
def test_failed(): assert 1 == 2
@pytest.mark.skip(reason="not today")
def test_skipped(): pass
@pytest.mark.xfail(reason="known")
def test_xfailed(): assert 0
@pytest.mark.xfail
def test_xpassed(): pass
@pytest.mark.xfail(strict=True)
def test_strict(): pass
@pytest.fixture
def broken(): raise ValueError("in setup")
def test_setup_error(broken): pass
@pytest.fixture
def breaks():
    yield
    raise ValueError("in teardown")
def test_teardown_error(breaks): pass
@pytest.mark.parametrize("x", [1, 2])
def test_each(x): assert x == 1
def test_cache(cache): cache.set("a/b", 1)
def test_tells_nobody(): assert "CELLWALL_OUTCOMES" not in os.environ
class TestCase(unittest.TestCase):
    def test_sub(self):
        for x in range(3):
            with self.subTest(x=x): pass
"""
ASYNC = """
import asyncio, unittest, pytest

async def test_runs():
    await asyncio.sleep(0)
async def test_fails():
    await asyncio.sleep(0)
    assert 0
class TestOld(unittest.IsolatedAsyncioTestCase):
    async def test_runs(self): await asyncio.sleep(0)
class TestGroup:
    async def test_method(self, tmp_path): assert tmp_path
"""


def put(target: Path, **files: str) -> None:
    for name, text in files.items():
        path = target / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def short(outcomes: Outcomes) -> dict[str, str]:
    return {node_id.partition("::")[2]: each.outcome for node_id, each in outcomes.by_id.items()}


def test_every_kind_of_outcome(target: Path, measure: Measure) -> None:
    put(target, tests__test_a_DOT_py=ALL_KINDS)
    found = measure("tests/test_a.py")
    assert short(found) == {
        "test_passed": "passed",
        "test_failed": "failed",
        "test_skipped": "skipped",
        "test_xfailed": "xfailed",
        "test_xpassed": "xpassed",
        "test_strict": "failed",
        "test_setup_error": "error",
        "test_teardown_error": "error",
        "test_each[1]": "passed",
        "test_each[2]": "failed",
        "test_cache": "passed",
        "test_tells_nobody": "passed",
        "TestCase::test_sub": "passed",
    }
    by_id = found.by_id
    assert by_id["tests/test_a.py::test_failed"].reason == "assert 1 == 2"
    assert by_id["tests/test_a.py::test_skipped"].reason == "Skipped: not today"
    assert not by_id["tests/test_a.py::test_skipped"].ran
    assert by_id["tests/test_a.py::test_setup_error"].phase == "setup"
    assert by_id["tests/test_a.py::test_teardown_error"].phase == "teardown"
    assert (found.complete, found.note, found.coverage) == (True, "", None)
    assert [path.name for path in target.iterdir()] == ["tests"]  # nothing is left in the workspace


def test_coroutines_that_run(target: Path, measure: Measure) -> None:
    put(target, test_a_DOT_py=ASYNC, pytest_DOT_ini="[pytest]\nasyncio_mode = auto\n")
    found = measure("test_a.py")
    assert short(found) == {
        "test_runs": "passed",
        "test_fails": "failed",
        "TestOld::test_runs": "passed",
        "TestGroup::test_method": "passed",
    }
    assert all(each.ran for each in found.by_id.values())


def test_coroutines_that_nobody_runs_do_not_pass(target: Path, measure: Measure) -> None:
    source = "import unittest\nasync def test_a(): pass\n"
    source += "class TestB(unittest.TestCase):\n    async def test_b(self): pass\n"
    put(target, test_a_DOT_py=source, pytest_DOT_ini="[pytest]\nasyncio_mode = strict\n")
    found = measure("test_a.py")
    assert "passed" not in short(found).values()
    assert not any(each.ran for each in found.by_id.values())


def test_files_that_cannot_be_collected_stop_nobody(target: Path, measure: Measure) -> None:
    put(
        target,
        tests__test_import_DOT_py="import nothing_of_this_name",
        tests__test_syntax_DOT_py="def f(:",
        tests__test_good_DOT_py="def test_a(): pass",
    )
    found = measure(
        "tests/test_import.py", "tests/test_good.py", "tests/test_syntax.py", "tests/test_gone.py"
    )
    assert short(found) == {"test_a": "passed"}
    assert set(found.collection_errors) == {"tests/test_import.py", "tests/test_syntax.py"}
    assert "nothing_of_this_name" in found.collection_errors["tests/test_import.py"]
    assert found.complete


def test_a_conftest_that_breaks_stops_its_own_folder_only(target: Path, measure: Measure) -> None:
    put(
        target,
        bad__conftest_DOT_py="raise RuntimeError('broken on purpose')",
        bad__test_a_DOT_py="def test_a(): pass",
        good__test_b_DOT_py="def test_b(): pass",
        good__test_c_DOT_py="def test_c(): pass",
    )
    found = measure("bad/test_a.py", "good/test_b.py", "good/test_c.py")
    assert short(found) == {"test_b": "passed", "test_c": "passed"}
    assert "broken on purpose" in found.collection_errors["bad/test_a.py"]


@pytest.mark.parametrize("death", ["os._exit(3)", "os.kill(os.getpid(), 11)"])
def test_a_test_that_kills_the_process_has_a_name(target: Path, measure: Measure, death: str) -> None:
    put(
        target,
        test_a_DOT_py=f"import os\ndef test_1(): pass\ndef test_2(): {death}\ndef test_3(): pass\n",
        test_b_DOT_py="def test_4(): pass\n",
    )
    found = measure("test_a.py", "test_b.py")
    assert short(found) == {"test_1": "passed", "test_2": "error", "test_3": "passed", "test_4": "passed"}
    assert found.by_id["test_a.py::test_2"].reason == "the process died while this test ran"
    assert found.complete


def test_a_process_that_somebody_killed_is_started_again(target: Path, measure: Measure) -> None:
    killed_once = """
import os
def test_1(): pass
def test_2():
    if not os.path.exists("killed"):
        open("killed", "x").close()
        os.kill(os.getpid(), 9)
"""
    put(target, test_a_DOT_py=killed_once)
    found = measure("test_a.py")
    assert short(found) == {"test_1": "passed", "test_2": "passed"}
    assert found.complete


def test_a_test_that_kills_its_process_each_time_is_an_error(target: Path, measure: Measure) -> None:
    put(target, test_a_DOT_py="import os\ndef test_1(): os.kill(os.getpid(), 9)\ndef test_2(): pass\n")
    found = measure("test_a.py")
    assert short(found) == {"test_1": "error", "test_2": "passed"}


def test_the_time_limit_keeps_what_ran(target: Path) -> None:
    def hang(call: Call) -> Completed:
        lines = [
            {"kind": "start"},
            {"kind": "collected", "ids": ["test_a.py::test_1", "test_a.py::test_2", "test_a.py::test_3"]},
            {
                "kind": "test",
                "id": "test_a.py::test_1",
                "outcome": "passed",
                "phase": "call",
                "reason": "",
                "ran": True,
                "seconds": 0.1,
            },
            {"kind": "begin", "id": "test_a.py::test_2"},
        ]
        Path(call.extra_env["CELLWALL_OUTCOMES"]).write_text("\n".join(map(json.dumps, lines)))
        assert call.limits is not None
        assert call.limits.seconds == 4.0
        return Completed(-9, "", "", timed_out=True, cut=False, seconds=4.0)

    put(target, test_a_DOT_py="")
    environment = FakeEnvironment([hang])
    found = measure_outcomes(environment, target, ["test_a.py"], settings=TestSettings(timeout=4.0))
    assert short(found) == {"test_1": "passed", "test_2": "error"}
    assert "time limit" in found.by_id["test_a.py::test_2"].reason
    assert not found.complete
    assert found.note == "time limit of 4 s reached, 1 test not run"


@pytest.mark.parametrize("name", ["pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml"])
def test_spoiling_options_are_overridden_and_told(target: Path, measure: Measure, name: str) -> None:
    options = "--maxfail=1 -x --cov=app -n 2 -ra"
    section = {"setup.cfg": "[tool:pytest]", "pyproject.toml": "[tool.pytest.ini_options]"}.get(
        name, "[pytest]"
    )
    quote = '"' if name == "pyproject.toml" else ""
    (target / name).write_text(f"{section}\naddopts = {quote}{options}{quote}\n")
    put(target, test_a_DOT_py="def test_1(): assert 0\ndef test_2(): assert 0\ndef test_3(): pass\n")
    found = measure("test_a.py", arguments=("--exitfirst",))
    assert short(found) == {"test_1": "failed", "test_2": "failed", "test_3": "passed"}
    assert found.overridden == (
        "--cov=app" + f" ({name})",
        "--exitfirst (tool.cellwall.tests.arguments)",
        f"--maxfail=1 ({name})",
        f"-n 2 ({name})",
        f"-x ({name})",
    )


def test_options_of_plugins_that_are_not_installed(target: Path, measure: Measure) -> None:
    put(
        target,
        pytest_DOT_ini="[pytest]\naddopts = --no-such-option=3 -k test_1\n",
        test_a_DOT_py="def test_1(): pass\ndef test_2(): pass\n",
    )
    found = measure("test_a.py")
    assert short(found) == {"test_1": "passed"}
    assert found.overridden == ("--no-such-option=3 (unknown to the installed pytest)",)


def test_the_callers_own_options_do_not_reach_the_target(
    target: Path, measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    put(target, test_a_DOT_py="def test_1(): pass\n")
    assert short(measure("test_a.py")) == {"test_1": "passed"}


def test_nested_configurations_apply_and_ids_stay_relative(target: Path, measure: Measure) -> None:
    put(
        target,
        pytest_DOT_ini="[pytest]\nasyncio_mode = strict\n",
        back__pytest_DOT_ini="[pytest]\nasyncio_mode = auto\naddopts = --maxfail=1\n",
        back__tests__test_a_DOT_py="async def test_a(): pass\n",
        front__test_b_DOT_py="async def test_b(): pass\n",
    )
    together = measure("back/tests/test_a.py", "front/test_b.py")
    assert together.by_id["back/tests/test_a.py::test_a"].outcome == "passed"
    assert together.by_id["front/test_b.py::test_b"].outcome != "passed"
    assert together.overridden == ("--maxfail=1 (back/pytest.ini)",)
    alone = measure("back/tests/test_a.py")
    assert set(alone.by_id) == {"back/tests/test_a.py::test_a"}


def test_configuration_above_the_workspace_has_no_say(target: Path, measure: Measure) -> None:
    (target.parent / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (target.parent / "conftest.py").write_text("raise RuntimeError('not yours')\n")
    put(target, test_a_DOT_py="def test_1(): pass\n")
    assert short(measure("test_a.py")) == {"test_1": "passed"}


def test_the_workspace_comes_before_an_installed_copy(target: Path, measure: Measure) -> None:
    put(target, test_a_DOT_py="import markdown_it\ndef test_1(): assert markdown_it.HERE\n")
    (target / "src" / "markdown_it").mkdir(parents=True)
    (target / "src" / "markdown_it" / "__init__.py").write_text("HERE = True\n")
    assert short(measure("test_a.py")) == {"test_1": "passed"}


def test_coverage_of_application_modules(target: Path, measure: Measure) -> None:
    put(
        target,
        app_DOT_py="def f(x):\n    if x:\n        return 1\n    return 0\n",
        other_DOT_py="def g(): ...\n",
        test_a_DOT_py="import app\ndef test_1(): assert app.f(1)\n",
    )
    found = measure("test_a.py", coverage_of=("app.py",))
    assert found.coverage == 75.0
    assert found.note == ""
    found = measure("test_a.py", coverage_of=("app.py", "other.py"))
    assert found.note == "coverage is of 1 of 2 modules, the others never ran"
    found = measure("test_a.py", coverage_of=("other.py",))
    assert found.coverage is None
    assert found.note == "coverage not measured: none of the modules ran"
    assert sorted(path.name for path in target.iterdir()) == ["app.py", "other.py", "test_a.py"]


def test_paths_that_pytest_would_misread(target: Path, measure: Measure) -> None:
    put(target, **{"test_[a]_DOT_py": "def test_1(): pass\n", "--pdb__test_b_DOT_py": "def test_2(): pass\n"})
    found = measure("test_[a].py", "--pdb/test_b.py")
    assert short(found) == {"test_2": "passed"}
    assert "characters" in found.collection_errors["test_[a].py"]


def test_what_makes_pytest_refuse_costs_nobody_else_anything(target: Path, measure: Measure) -> None:
    refusal = "import pytest\ndef pytest_collection_modifyitems(): raise pytest.UsageError('not with me')\n"
    put(
        target,
        bad__conftest_DOT_py=refusal,
        bad__test_c_DOT_py="def test_2(): pass\n",
        test_a_DOT_py="def test_1(): pass\n",
        test_b_DOT_py="import os\nos._exit(3)\n",
    )
    found = measure("bad/test_c.py", "test_a.py", "test_b.py")
    assert short(found) == {"test_1": "passed"}
    assert set(found.collection_errors) == {"bad/test_c.py", "test_b.py"}
    assert "not with me" in found.collection_errors["bad/test_c.py"]


@pytest.mark.parametrize("uses", [True, False])
def test_only_who_uses_hypothesis_waits_for_its_import(target: Path, measure: Measure, uses: bool) -> None:
    test = "from hypothesis import given, strategies as st\n@given(st.booleans())\ndef test_it(x): pass\n"
    watch = """
import atexit, sys
atexit.register(lambda: open("told", "w").write(str("hypothesis" in sys.modules)))
"""
    put(target, conftest_DOT_py=watch, tests__test_a_DOT_py=test if uses else "def test_it(): pass\n")
    assert short(measure("tests/test_a.py")) == {"test_it": "passed"}
    assert (target / "told").read_text() == str(uses)


def test_nothing_to_measure(measure: Measure) -> None:
    found = measure()
    assert (dict(found.by_id), found.complete, found.note) == ({}, True, "")


def test_an_interpreter_without_pytest(target: Path) -> None:
    put(target, test_a_DOT_py="def test_1(): pass\n")
    words = "/x/python: No module named pytest\n"
    environment = FakeEnvironment([completed(stderr=words, returncode=1)])
    found = measure_outcomes(environment, target, ["test_a.py"], settings=TestSettings())
    assert not found.complete
    assert found.note == "the target's interpreter cannot run its tests: /x/python: No module named pytest"
    assert len(environment.calls) == 1


def test_an_interpreter_without_coverage(target: Path) -> None:
    put(target, app_DOT_py="", test_a_DOT_py="")
    environment = FakeEnvironment([completed(returncode=1)])
    found = measure_outcomes(
        environment, target, ["test_a.py"], settings=TestSettings(), coverage_of=["app.py"]
    )
    assert found.coverage is None
    assert "no library `coverage`" in found.note


def test_a_pytest_that_never_starts_is_given_up(target: Path) -> None:
    names = [f"test_{number}.py" for number in range(64)]
    put(target, **{name.replace(".", "_DOT_"): "" for name in names})
    environment = FakeEnvironment([completed(stderr="ERROR: no", returncode=4)] * 200)
    found = measure_outcomes(environment, target, names, settings=TestSettings())
    assert not found.complete
    assert "given up after 32 starts" in found.note
    assert len(environment.calls) == 32


def test_xdist_workers_report_too(target: Path) -> None:
    put(target, test_a_DOT_py=ASYNC, pytest_DOT_ini="[pytest]\nasyncio_mode = auto\n")
    record = target.parent / "record"
    plugin = target.parent / "plugin"
    plugin.mkdir()
    (plugin / "some_name.py").write_bytes(PLUGIN.read_bytes())
    answer = LocalEnvironment(Path(sys.executable)).run(
        [sys.executable, "-m", "pytest", "-n", "2", "-p", "some_name", f"--cellwall-outcomes={record}"],
        cwd=target,
        extra_env={"PYTHONPATH": str(plugin)},
        writable=[target.parent],
    )
    session = read_session(record.read_text().splitlines())
    assert session.ended, answer.stdout
    assert {node_id: (each.outcome, each.ran) for node_id, each in session.by_id.items()} == {
        "test_a.py::test_runs": ("passed", True),
        "test_a.py::test_fails": ("failed", True),
        "test_a.py::TestOld::test_runs": ("passed", True),
        "test_a.py::TestGroup::test_method": ("passed", True),
    }
