"""Isolation statements in scripts: written where a repair made things a test's own, and only where true."""

from cellwall.check.fixer import fix_source
from cellwall.check.javascript.touched_tests import with_script_statements
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

PATH = "web/events.test.js"
BEFORE = """const seen = [];

describe("events", () => {
  it("keeps one", () => {
    seen.push(1);
    expect(seen).toContain(1);
  });

  it("asserts nothing of it", () => {
    seen.push(2);
    expect(1).toBe(1);
  });

  it("says it already", () => {
    // Isolation: each test has its own list.
    seen.push(3);
    expect(seen).toContain(3);
  });

  it("is about others", () => {
    expect(1).toBe(1);
  });
});
"""


def stated(before: str) -> str:
    settings = CheckSettings(rules=("CW911",))
    repaired = fix_source(PATH, before.encode(), settings, ProjectFacts()).source
    return with_script_statements(PATH, before.encode(), repaired).decode()


def test_a_test_says_what_became_its_own() -> None:
    lines = stated(BEFORE).splitlines()
    said = [(lines[at - 1].strip(), line) for at, line in enumerate(lines) if "// Isolation:" in line]
    assert [where for where, _ in said] == ['it("keeps one", () => {', 'it("says it already", () => {']
    assert said[0][1] == (
        "    // Isolation: `seen` is this test's own; `beforeEach` makes it anew for each test; "
        "what is asserted of `seen` no other test can change."
    )


def test_a_file_that_nobody_repaired_says_nothing_more() -> None:
    assert with_script_statements(PATH, BEFORE.encode(), BEFORE.encode()) == BEFORE.encode()


def test_a_test_on_one_line_stays_on_it() -> None:
    body = "() => { seen.push(1); expect(seen); }"
    text = f"const seen = [];\nit('a', {body});\nit('b', {body});\n"
    assert "Isolation" not in stated(text)
    assert "beforeEach" in stated(text)
