# ruff: noqa: E501  # one line a change reads best
"""State of the application may be set through `monkeypatch` where it was assigned; nothing else may change by it."""

from collections.abc import Callable

import pytest

from cellwall.migrate.gates.gate import Verdict

BEFORE = """import pytest
from desk import Desk, pool


@pytest.fixture
def desk():
    Desk._instance = None
    return Desk()


class TestDesk:
    def setup_method(self):
        Desk._instance = None
        self.desk = Desk()

    def test_it(self):
        Desk._limit = 3
        assert self.desk.ok
"""
SET = 'monkeypatch.setattr(Desk, "_instance", None, raising=False)'
FIXTURE = BEFORE.replace("def desk():\n    Desk._instance = None", f"def desk(monkeypatch):\n    {SET}")
METHOD = BEFORE.replace(
    "    def setup_method(self):\n        Desk._instance = None",
    f"    @pytest.fixture(autouse=True)\n    def setup_method(self, monkeypatch):\n        {SET}",
)
ACCEPTED = {
    "in a fixture": FIXTURE,
    "in setup_method": METHOD,
    "in a test": BEFORE.replace(
        "def test_it(self):\n        Desk._limit = 3",
        'def test_it(self, monkeypatch):\n        monkeypatch.setattr(Desk, "_limit", 3, raising=False)',
    ),
}
REFUSED = {
    "another value": FIXTURE.replace("None, raising", "pool, raising"),
    "another attribute": FIXTURE.replace('"_instance"', '"_other"'),
    "another class": FIXTURE.replace("setattr(Desk", "setattr(pool"),
    "only where it is there": FIXTURE.replace(", raising=False", ""),
    "by a name": FIXTURE.replace('Desk, "_instance"', '"desk.Desk._instance"'),
    "once more": FIXTURE.replace(f"    {SET}\n", f"    {SET}\n    {SET}\n"),
    "and a method replaced": FIXTURE.replace(
        f"    {SET}\n", f'    {SET}\n    monkeypatch.setattr(Desk, "ok", True)\n'
    ),
    "behind a condition": FIXTURE.replace(f"    {SET}\n", f"    if pool:\n        {SET}\n"),
    "gone": FIXTURE.replace(f"    {SET}\n", ""),
    "after the value is made": FIXTURE.replace(
        f"    {SET}\n    return Desk()", f"    made = Desk()\n    {SET}\n    return made"
    ),
    "by another monkeypatch": FIXTURE.replace(
        "@pytest.fixture\ndef desk",
        "@pytest.fixture\ndef monkeypatch():\n    return pool\n\n\n@pytest.fixture\ndef desk",
    ),
    "a fixture that tests may leave out": METHOD.replace("(autouse=True)", ""),
    "a fixture of the class": METHOD.replace("autouse=True", 'autouse=True, scope="class"'),
    "a fixture of another name": METHOD.replace("setup_method", "fresh"),
    "a fixture that skips": METHOD.replace("self.desk = Desk()", "pytest.skip()\n        self.desk = Desk()"),
    "the mark alone": BEFORE.replace(
        "    def setup_method(self)", "    @pytest.fixture(autouse=True)\n    def setup_method(self)"
    ),
}


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_is_put_back_is_still_set(change: str, judge: Callable[..., Verdict]) -> None:
    after = ACCEPTED[change]
    compile(after, change, "exec")
    assert after != BEFORE
    verdict = judge(BEFORE, after)
    assert verdict.passed, verdict.evidence


@pytest.mark.parametrize("change", REFUSED)
def test_nothing_else_comes_in(change: str, judge: Callable[..., Verdict]) -> None:
    after = REFUSED[change]
    compile(after, change, "exec")
    assert after not in (BEFORE, FIXTURE, METHOD)
    assert not judge(BEFORE, after).passed


@pytest.mark.parametrize("after", [FIXTURE, METHOD], ids=["a fixture", "setup_method"])
def test_the_way_back_is_refused(after: str, judge: Callable[..., Verdict]) -> None:
    assert not judge(after, BEFORE).passed
