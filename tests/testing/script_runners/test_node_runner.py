"""Node's own runner: files that are its, and what becomes of each test."""

import shutil
import sys
from pathlib import Path

import pytest

from cellwall.project.environment import Completed
from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.scripts_config import ScriptsConfig
from cellwall.testing.measured import Outcomes
from cellwall.testing.script_runners.named_outcomes import NamedOutcomes
from cellwall.testing.script_runners.node_runner import NO_NODE, is_for_node, read_lines
from cellwall.testing.script_runners.run_scripts import measure_scripts

TESTS = """
import { test, describe, it, before } from "node:test";
import assert from "node:assert/strict";
describe("cart", () => {
  it("adds", () => { assert.equal(1, 1); });
  it("fails", () => { assert.equal(1, 2); });
  it("is left out", { skip: "why" }, () => {});
  it.todo("comes later");
  describe("of another", () => { it("adds", () => {}); });
});
describe("a broken hook", () => { before(() => { throw new Error("no store"); }); it("never", () => {}); });
test("outer", async (t) => { await t.test("inner", () => {}); });
test("outer", () => {});
"""


def measured(root: Path, **files: str) -> Outcomes:
    for name, text in files.items():
        (root / f"{name}.test.mjs").write_text(text)
    paths = [f"{name}.test.mjs" for name in files]
    environment = LocalEnvironment(Path(sys.executable))
    return measure_scripts(environment, root, [*paths, "gone.test.mjs"], config=ScriptsConfig(), seconds=60)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here: its runner was NOT tried")
def test_every_test_has_an_outcome_under_its_titles(tmp_path: Path) -> None:
    broken = 'import { test } from "node:test";\nimport "./gone.js";\ntest("a", () => {});\n'
    outcomes = measured(tmp_path, cart=TESTS, broken=broken)
    assert {key.partition("::")[2]: one.outcome for key, one in outcomes.by_id.items()} == {
        "cart > adds": "passed",
        "cart > fails": "failed",
        "cart > is left out": "skipped",
        "cart > comes later": "skipped",
        "cart > of another > adds": "passed",
        "a broken hook > (hook)": "error",
        "a broken hook > never": "failed",
        "outer > inner": "passed",
        "outer": "passed",
        "outer #2": "passed",
    }
    assert "1 !== 2" in outcomes.by_id["cart.test.mjs::cart > fails"].reason
    assert list(outcomes.collection_errors) == ["broken.test.mjs"]
    assert outcomes.complete
    assert not outcomes.note


def test_without_node_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Completed(127, "", "node: not found", False, False, 0.1)
    monkeypatch.setattr(LocalEnvironment, "run", lambda *_, **__: ended)
    outcomes = measured(tmp_path, cart=TESTS)
    assert (outcomes.note, outcomes.complete, dict(outcomes.by_id)) == (NO_NODE, False, {})


def test_files_for_other_runners_are_counted(tmp_path: Path) -> None:
    outcomes = measured(tmp_path, cart="it('adds', () => {});\n")
    assert outcomes.note.startswith("1 script with tests is written for another runner than node's own")
    assert not outcomes.complete


def test_lines_that_are_not_the_reporters_are_passed_over(tmp_path: Path) -> None:
    found = NamedOutcomes()
    read_lines(found, tmp_path, ["{", "[]", '{"file": "/elsewhere/a.mjs"}', "null", '{"file": 1}'])
    assert not found.by_id


@pytest.mark.parametrize("text", [b"import t from 'node:test'", b'const t = require("node:test")'])
def test_whose_tests_they_are(text: bytes) -> None:
    assert is_for_node(text)
    assert not is_for_node(text.replace(b"node:test", b"vitest"))
