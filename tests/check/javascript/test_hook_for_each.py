# ruff: noqa: E501  # a test of a script reads best on one line
"""Hooks that run once: made to run before each test, or listed with the reason."""

import pytest

from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

NODE = "import { before, describe, it } from 'node:test';\nimport { LIMITS } from './limits.js';\n"
USES = "it('one', () => { show(session.name); });\nit('two', () => { show(session.token); });\n"


def fixed(text: str) -> FixResult:
    return fix_source("web/a.test.js", text.encode(), CheckSettings(rules=("CW912",)), ProjectFacts())


def test_a_hook_that_only_makes_things_runs_before_each_test() -> None:
    text = (
        NODE + "let session;\nbefore(() => {\n  session = new Session(LIMITS, double().fetch);\n});\n" + USES
    )
    expected = text.replace("before,", "beforeEach,").replace("before(", "beforeEach(")
    assert fixed(text).source.decode() == expected


def test_an_import_that_another_hook_needs_stays() -> None:
    text = (
        NODE
        + "let session;\nbefore(() => { session = new Session(); });\nbefore(() => { warm(); });\n"
        + USES
    )
    repaired = fixed(text).source.decode()
    assert "import { beforeEach, before, describe, it }" in repaired
    assert "beforeEach(() => { session = new Session(); });\nbefore(() => { warm(); });" in repaired


@pytest.mark.parametrize(
    ("hook", "uses", "detail"),
    [
        ("before(async () => { session = await signIn(); });", USES, "the hook waits for others"),
        ("before(() => { startServer(); session = new Session(); });", USES, "the hook waits for others"),
        ("before((t, done) => { session = new Session(done); });", USES, "the hook waits for others"),
        ("let made = 0;\nbefore(() => { session = new Session(made); });", USES, "the hook waits for others"),
        (
            "before(() => { session = new Session(); });",
            "it('one', async () => { await session.signIn('ann'); });\nit('two', () => { show(session.name); });\n",
            "one test may wait for what another left",
        ),
        ("it('zero', () => { session = new Session(); });", USES, "it is not set by one hook"),
    ],
    ids=["waits", "does more", "is given something", "of what changes", "waited for", "a test"],
)
def test_what_is_left_to_a_person(hook: str, uses: str, detail: str) -> None:
    text = f"{NODE}let session;\n{hook}\n{uses}"
    result = fixed(text)
    assert result.source.decode() == text
    assert detail in result.remaining[0].detail


def test_tests_that_begin_by_acting_wait_for_nobody() -> None:
    uses = USES.replace("show(", "session.signIn('ann'); show(")
    assert fixed(f"{NODE}let session;\nbefore(() => {{ session = new Session(); }});\n{uses}").repaired
