"""The sweep of cancellations on another Python: here on this one, over tests with and without a leak."""

import sys
from pathlib import Path

import pytest

from cellwall.explore.schedule import Cancellation
from cellwall.explore.strategies.strategy import Plan
from scripts.zoo_old_python import OldPython, sweep

LEAKING = """
import asyncio
import pytest

@pytest.fixture
async def pool():
    yield [{}]

async def test_session(pool, user_context):
    while not pool:
        await asyncio.sleep(0.001)
    connection = pool.pop()
    try:
        connection.setdefault("reply", user_context.user_id)
        await asyncio.sleep(0.001)
        got = connection.pop("reply")
    finally:
        pool.append(connection)
    assert got == user_context.user_id
"""


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        (LEAKING, "leak"),
        (LEAKING.replace("finally:", "finally:\n        connection.clear()"), "passed"),
    ],
    ids=["leaks", "correct"],
)
def test_verdicts(tmp_path: Path, test: str, verdict: str) -> None:
    (tmp_path / "one_user.py").write_text(test)
    process = OldPython(sys.executable, tmp_path, 3)
    try:
        found = sweep(process)
    finally:
        process.close()
    assert found["verdict"] == verdict, found
    if verdict == "leak":
        assert found["text"].endswith("schedule x.u1.1, again in 3 of 3")
    else:
        assert found["swept"] == found["points"] > 5
        assert found["repeats"]


def test_who_waits_for_ever_is_no_leak(tmp_path: Path) -> None:
    waits = "import asyncio\nasync def test_it(user_context):\n    await asyncio.Event().wait()\n"
    (tmp_path / "one_user.py").write_text(waits)
    process = OldPython(sys.executable, tmp_path, 2)
    try:
        outcome = process.run(Plan())
    finally:
        process.close()
    assert (outcome.failure, outcome.kind) == ("every task waits", "interference")


def test_a_late_cancellation_strikes_when_the_handler_would_go_on(tmp_path: Path) -> None:
    test = """
import asyncio
async def test_it(user_context):
    try:
        await asyncio.sleep(0.001)
    except asyncio.CancelledError:
        raise ValueError("struck")
"""
    (tmp_path / "one_user.py").write_text(test)
    process = OldPython(sys.executable, tmp_path, 1)
    try:
        outcomes = [
            process.run(Plan(cancellations=(Cancellation("u1", 1, late=late),))) for late in (False, True)
        ]
    finally:
        process.close()
    assert [outcome.handlers["u1"].cancelled for outcome in outcomes] == [True, True]
    assert [outcome.failed for outcome in outcomes] == [False, False]
