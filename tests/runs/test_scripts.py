"""A plan whose scope holds scripts: owned, repaired, judged and measured by the same run as Python."""

import itertools
import shutil
from pathlib import Path
from typing import Any

import pytest

from cellwall.migrate.options import RunOptions
from cellwall.migrate.state import Stage
from cellwall.migrate.views.measured_lines import measured_line
from cellwall.migrate.views.report_data import report_data

needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not here: tests of scripts did NOT run"
)
QUICK = RunOptions(agents=2, validate_continuously=False, validate_after_update=False)
WHOLE = RunOptions(agents=2, batch_size=4)
PLAN = """# Page plan

### Agent 1: The page
**Scope**: `web/tests/**`
**Specific Tasks**:
1. Update service-specific isolation patterns
"""
GOOD = """import assert from "node:assert/strict";
import { test } from "node:test";

const seen = [];

test("keeps one", () => {
  seen.push(1);
  assert.ok(seen.includes(1));
});

test("keeps two", () => {
  seen.push(2);
  assert.ok(seen.includes(2));
});
"""
# What only a run shows: each test changes the list before it looks, and the second needs both numbers.
WAITING = GOOD.replace("seen.includes(2)", "seen.length === 2")
OTHERS = 'import { it } from "vitest";\nit("is for another runner", () => {});\n'


class Killed(BaseException):
    """Stands for a kill inside this process: nothing after it runs but clean-up of the test's own."""


@pytest.fixture
def page(shop: Any) -> Any:
    """A repository with scripts alone in scope; their names put the one that waits into the same batch."""
    for path, text in {
        "pyproject.toml": '[project]\nname = "page"\nversion = "0"\n',
        "PLAN.md": PLAN,
        "web/package.json": '{"type": "module"}\n',
        "web/cart.js": "export const limit = 2;\n",
        "web/tests/a.test.js": GOOD,
        "web/tests/b.test.js": WAITING,
        "web/tests/c.test.mjs": GOOD.replace("seen", "kept"),
        "web/tests/d.test.ts": GOOD.replace("const seen = []", "const seen: number[] = []"),
        "web/tests/e.test.js": "let = ;\n",
        "web/tests/support.js": "export const names = [];\n",
    }.items():
        shop.write(path, text)
    shop.git("rm", "-rq", "--cached", "checkout", "warehouse", "storefront", "accounts", "courier", "shop")
    for folder in ("checkout", "warehouse", "storefront", "accounts", "courier", "shop"):
        shutil.rmtree(shop.root / folder)
    shop.commit("A page")
    return shop


@needs_node
def test_repairs_that_hold_are_merged_and_others_refused_file_by_file(page: Any) -> None:
    state = page.run(WHOLE, plan="PLAN.md")
    branch, data = state.started.branch, report_data(state)
    assert (data["files_in_scope"], data["files_updated"], data["scripts_updated"]) == (6, 2, 2)
    assert "2 of 6 in scope (2 scripts among them)" in measured_line("Total Files Updated", data).value
    assert [row["path"] for row in data["unparseable"]] == ["web/tests/e.test.js"]
    for name, word in (("a.test.js", "seen"), ("c.test.mjs", "kept")):
        text = page.at(branch, f"web/tests/{name}")
        assert f"beforeEach(() => {{\n  {word} = [];\n}});" in text
        assert text.count(f"  // Isolation: `{word}` is this test's own;") == 2
    assert page.at(branch, "web/tests/b.test.js") == WAITING.strip()
    assert page.at(branch, "web/tests/d.test.ts") == page.at("main", "web/tests/d.test.ts")
    refused = [batch for batch in state.live_batches if batch.stage is Stage.REFUSED]
    assert [(batch.paths, batch.refused_by) for batch in refused] == [(["web/tests/b.test.js"], "tests")]
    assert "b.test.js::keeps two: passed before, fails now" in refused[0].evidence
    before, after = data["tests"]["before"], data["tests"]["after"]
    assert before["passed"] == after["passed"] == 6
    assert data["tests"]["regressions"] == data["tests"]["lost"] == []
    assert "1 script with tests is written for another runner" in data["tests"]["note"]
    assert state.findings_after.statements == {"tests": 4, "stated": 4, "silent": 0, "no_role": 0}


def test_without_node_it_is_said_and_the_rest_goes_on(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page.write("web/tests/f.test.js", OTHERS)
    page.commit("For another runner")
    monkeypatch.setattr("cellwall.migrate.script_notes.shutil.which", lambda name: None)
    state = page.run(QUICK, plan="PLAN.md")
    warnings = report_data(state)["warnings"]
    assert any(
        w.startswith("node is not on the PATH: the tests in 6 scripts in scope do not run") for w in warnings
    )
    assert "beforeEach" in page.at(state.started.branch, "web/tests/a.test.js")


def test_without_the_parser_scripts_are_left_out_and_it_is_said(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.write("web/tests/test_page.py", "def test_page():\n    assert True\n")
    page.commit("A test in Python")
    for room in ("languages", "script_notes"):
        monkeypatch.setattr(f"cellwall.migrate.{room}.can_parse", lambda: False)
    state = page.run(QUICK, plan="PLAN.md")
    data = report_data(state)
    assert data["files_in_scope"] == 1
    assert any("6 scripts in scope" in w and "cellwall[javascript]" in w for w in data["warnings"])


@pytest.mark.parametrize(
    ("window", "nth"),
    [
        ("verdict journalled", 5),
        pytest.param("patch written", 2, marks=pytest.mark.big),
        pytest.param("ref moved", 1, marks=pytest.mark.big),
    ],
)
def test_a_run_cut_anywhere_resumes_to_the_same_tree(
    page: Any, tmp_path: Path, window: str, nth: int
) -> None:
    small = RunOptions(agents=2, validate_continuously=False, validate_after_update=False, batch_size=1)
    whole = type(page)(shutil.copytree(page.root, tmp_path / "whole"))
    expected = whole.tree(whole.run(small, plan="PLAN.md"))
    seen = itertools.count(1)

    def cut(name: str) -> None:
        if name == window and next(seen) == nth:
            raise Killed

    with pytest.raises(BaseException):  # noqa: B017  whatever the cut becomes on its way out
        page.run(small, plan="PLAN.md", window=cut)
    state = page.resume()
    assert state.finished
    assert page.tree(state) == expected
