"""The fixture `user_context` under real pytest: strict, auto, under anyio, after failure, overridden."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from cellwall.testing.measured import Outcomes
from cellwall.testing.plugin import user_context

Measure = Callable[..., Outcomes]
PYTEST_ASYNCIO = tuple(int(part) for part in version("pytest-asyncio").split(".")[:2])
# By name, whether the entry point is installed or not.
OURS = ("-p", "no:cellwall", "-p", "cellwall.testing.plugin", "-p", "no:hypothesispytest", "-p", "no:xdist")
TESTS = """
import asyncio
import pytest

seen, loops = [], []

def note_loop():
    loops.append(asyncio.get_running_loop())

{mark}
async def test_fails(user_context):
    seen.append(user_context)
    note_loop()
    user_context.on_cleanup(note_loop)
    assert user_context.user_id.startswith("test-user-")
    assert user_context.session_id.startswith("session-")
    assert user_context.request_id.startswith("request-")
    assert not "this fails", "on purpose"

{mark}
async def test_another_one(user_context):
    assert seen[0].closed, "ended although its test failed"
    assert loops[0] is loops[1], "ended in its test's own loop"
    assert not user_context.closed
    ids = lambda context: (context.user_id, context.session_id, context.request_id)
    assert not set(ids(seen[0])) & set(ids(user_context))
"""


def write(target: Path, tests: str, mode: str = "strict") -> None:
    """Make the target's one test module and its configuration."""
    (target / "pytest.ini").write_text(
        f"[pytest]\nasyncio_mode = {mode}\nasyncio_default_fixture_loop_scope = function\n"
        # Older plugins do not know every option.
        "filterwarnings =\n    error\n    ignore:Unknown config option\n"
    )
    (target / "test_it.py").write_text(tests)


def outcomes(found: Outcomes) -> dict[str, str]:
    """Give test name to outcome."""
    return {key.partition("::")[2]: value.outcome for key, value in found.by_id.items()}


@pytest.mark.parametrize(
    ("mode", "mark"),
    [("strict", "@pytest.mark.asyncio"), ("auto", ""), ("strict", "@pytest.mark.anyio")],
    ids=["asyncio strict", "asyncio auto", "anyio"],
)
def test_each_test_has_its_own(target: Path, measure: Measure, mode: str, mark: str) -> None:
    if "anyio" in mark and PYTEST_ASYNCIO < (0, 24):
        pytest.skip("this pytest-asyncio binds async fixtures to itself while it collects")
    write(target, TESTS.format(mark=mark), mode)
    backend = "\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n" if "anyio" in mark else ""
    with (target / "test_it.py").open("a") as file:
        file.write(backend)
    found = outcomes(measure("test_it.py", arguments=OURS))
    assert found == {"test_fails": "failed", "test_another_one": "passed"}


def test_the_projects_own_fixture_wins(target: Path, measure: Measure) -> None:
    write(target, "def test_it(user_context):\n    assert user_context == 'our own'\n")
    (target / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef user_context():\n    return 'our own'\n"
    )
    assert outcomes(measure("test_it.py", arguments=OURS)) == {"test_it": "passed"}


def test_a_plain_test_may_have_one_too(target: Path, measure: Measure) -> None:
    write(
        target,
        "seen = []\ndef test_a(user_context):\n    seen.append(user_context)\n"
        "    assert not user_context.closed\ndef test_b():\n    assert seen[0].closed\n",
        "auto",
    )
    assert outcomes(measure("test_it.py", arguments=OURS)) == {"test_a": "passed", "test_b": "passed"}


def test_a_clean_up_that_fails_is_told(target: Path, measure: Measure) -> None:
    write(
        target,
        "async def test_a(user_context):\n    user_context.on_cleanup(lambda: 1 / 0)\n",
        "auto",
    )
    [found] = measure("test_it.py", arguments=OURS).by_id.values()
    assert (found.outcome, found.phase) == ("error", "teardown")
    assert "CleanupError" in found.reason


def test_the_plugin_costs_nothing_when_nobody_asks() -> None:
    script = (
        "import sys; import contextvars, pytest; before = set(sys.modules); import cellwall.testing.plugin;"
        "print([m for m in set(sys.modules) - before if not m.startswith('cellwall')],"
        " [m for m in sys.modules if m.startswith('cellwall.runtime')])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[] []"


def test_its_documentation_is_what_pytest_shows() -> None:
    assert "context of one request" in (user_context.__doc__ or "")
