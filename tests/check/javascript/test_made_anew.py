# ruff: noqa: E501  # a test of a script reads best on one line
"""Objects that a `beforeEach` makes: run by node's own runner before and after, or listed with the reason."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cellwall.check.finding import Finding
from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

HEAD = "import { test } from 'node:test';\nimport assert from 'node:assert';\n\n"
REPAIRED = {
    "a list": "const seen = [];\n\n"
    "test('one', () => { seen.push(1); assert.deepEqual(seen, [1]); });\n"
    "test('two', () => { seen.push(2); assert.deepEqual(seen, [2]); });\n",
    "a map, by a helper": "const users = new Map();\nconst count = () => users.size;\n\n"
    "test('one', () => { users.set('ann', 1); assert.equal(users.get('ann'), 1); assert.equal(count(), 1); });\n"
    "test('two', () => { users.set('bob', 1); assert.equal(users.get('bob'), 1); assert.equal(count(), 1); });\n",
    "in a suite": "import { describe } from 'node:test';\n\ndescribe('all', () => {\n"
    "  const state = { users: [], limit: 2 };\n"
    "  test('one', () => { state.users = [1]; state.limit = 1; assert.equal(state.limit, 1); });\n"
    "  test('two', () => { state.users = [2]; assert.equal(state.limit, 2); });\n});\n",
}
LISTED = {
    "one test waits for another": (
        "const made = {};\ntest('one', () => { made.id = 1; });\ntest('two', () => { assert.equal(made.id, 1); });\n",
        "one test may wait for what another left",
    ),
    "used where the file is loaded": (
        "const seen = [];\nseen.push(0);\n"
        "test('one', () => { seen.push(1); assert(seen[0]); });\ntest('two', () => { seen.push(2); assert(seen[0]); });\n",
        "it is used where the file is loaded",
    ),
    "made of other things": (
        "const seen = [assert];\n"
        "test('one', () => { seen.push(1); assert(seen[0]); });\ntest('two', () => { seen.push(2); assert(seen[0]); });\n",
        "its value is made of other things",
    ),
    "exported": (
        "export const seen = [];\n"
        "test('one', () => { seen.push(1); assert(seen[0]); });\ntest('two', () => { seen.push(2); assert(seen[0]); });\n",
        "others import it",
    ),
    "declared with another": (
        "const seen = [], b = 1;\n"
        "test('one', () => { seen.push(b); assert(seen[0]); });\ntest('two', () => { seen.push(2); assert(seen[0]); });\n",
        "it is declared with others, with a type, or set again",
    ),
}


def fixed(text: str, path: str = "web/a.test.mjs") -> FixResult:
    return fix_source(path, text.encode(), CheckSettings(rules=("CW911",)), ProjectFacts())


def details(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.detail for finding in findings]


@pytest.mark.parametrize("shape", REPAIRED)
def test_what_is_repaired(shape: str) -> None:
    result = fixed(HEAD + REPAIRED[shape])
    assert result.repaired
    assert not result.remaining
    assert b"beforeEach(() => {" in result.source


@pytest.mark.parametrize("shape", LISTED)
def test_what_is_listed(shape: str) -> None:
    text, detail = LISTED[shape]
    result = fixed(HEAD + text)
    assert result.source.decode() == HEAD + text
    assert details(result.remaining) == [detail]


def test_a_type_is_nothing_to_guess() -> None:
    result = fixed(HEAD + REPAIRED["a list"], "web/a.test.ts")
    assert details(result.remaining) == ["its type would have to be written down"]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not there: what the repairs do is not run")
def test_each_test_begins_with_what_was_written(tmp_path: Path) -> None:
    for number, text in enumerate(REPAIRED.values()):
        (tmp_path / f"{number}_before.test.mjs").write_text(HEAD + text)
        (tmp_path / f"{number}_after.test.mjs").write_bytes(fixed(HEAD + text).source)
    outcomes = {name: passed(tmp_path, name) for name in ("before", "after")}
    # Before the repair the second test of each file meets what the first has left.
    assert outcomes == {"before": (3, 3), "after": (6, 0)}


def passed(folder: Path, name: str) -> tuple[int, int]:
    files = sorted(str(path) for path in folder.glob(f"*_{name}.test.mjs"))
    command = ["node", "--test", "--test-reporter=tap", *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    leaves = [line for line in done.stdout.splitlines() if re.search(r"ok \d+ - (one|two)$", line)]
    failed = sum("not ok" in line for line in leaves)
    return len(leaves) - failed, failed
