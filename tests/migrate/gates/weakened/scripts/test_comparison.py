# a change of a script reads best on one line
"""Scripts before and after: repairs pass; whatever takes something from a test is told."""

import pytest

from cellwall.check.fixer import fix_source
from cellwall.check.javascript.touched_tests import with_script_statements
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate.batch import FileChange
from cellwall.migrate.gates.weakened.scripts.changed_script import ChangedScripts

PATH = "web/cart.test.js"
OLD = """import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Cart } from "./cart.js";

const seen = [];
let session;

before(() => { session = new Session(); });

describe("a cart", () => {
  it("adds", async () => {
    const cart = new Cart();
    seen.push(cart);
    await cart.add(1);
    assert.equal(cart.size, 1);
    assert.ok(seen.includes(cart));
  });

  it("is empty", () => {
    seen.push(1);
    assert.ok(seen.includes(1));
    if (session.name) { assert.equal(session.name, "ann"); }
  });

  it("belongs to its user", () => assert.equal(session.token, null));
});
"""


def weaker(after: str, before: str = OLD, path: str = PATH) -> list[str]:
    return [one.text() for one in ChangedScripts().take(FileChange(path, before.encode(), after.encode()))]


def test_repairs_and_their_statements_take_nothing_away() -> None:
    settings = CheckSettings(rules=("CW911", "CW912"))
    result = fix_source(PATH, OLD.encode(), settings, ProjectFacts())
    assert [finding.code for finding in result.repaired] == ["CW911", "CW912"]
    after = with_script_statements(PATH, OLD.encode(), result.source).decode()
    assert "// Isolation:" in after
    assert weaker(after) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('  it("is empty"', '  // layout and comments\n\n\n  it("is empty"'),
        ("    assert.equal(cart.size, 1);\n", "    assert.equal(cart.size, 1);\n    assert.ok(cart);\n"),
        (
            "    const cart = new Cart();\n",
            "    const own = `ann-${randomUUID()}`;\n    const cart = new Cart();\n",
        ),
        ('import { Cart } from "./cart.js";', 'import { Cart, Shop } from "./cart.js";'),
        ("import assert", 'import { randomUUID } from "node:crypto";\nimport assert'),
    ],
    ids=["comment", "assertion more", "name more", "import more", "module more"],
)
def test_what_may_be_added(old: str, new: str) -> None:
    assert old in OLD
    assert weaker(OLD.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    assert.equal(cart.size, 1);\n", ""),
        ("assert.equal(cart.size, 1);", "assert.ok(cart.size);"),
        ("assert.equal(cart.size, 1);", "if (cart.size) assert.equal(cart.size, 1);"),
        ("    assert.equal(cart.size, 1);\n", "    try { assert.equal(cart.size, 1); } catch {}\n"),
        ("    assert.equal(cart.size, 1);\n", "    // assert.equal(cart.size, 1);\n"),
        ("    const cart = new Cart();\n", "    return;\n    const cart = new Cart();\n"),
        ("    const cart = new Cart();\n", "    const cart = { size: 1, add() {} };\n"),
        ("    await cart.add(1);\n", ""),
        ("await cart.add(1);", "cart.add(1);"),
        ('it("adds"', 'it.skip("adds"'),
        ('it("adds"', 'it.only("adds"'),
        ('it("adds", async', 'it("adds", { skip: true }, async'),
        ('it("adds"', 'it("adds more"'),
        ('describe("a cart"', 'describe.skip("a cart"'),
        ('  it("is empty"', '  it.todo("later");\n  it("is empty"'),
        ('describe("a cart", () => {\n', 'describe("a cart", () => {\n  return;\n'),
        ("before(() => { session = new Session(); });\n", ""),
        ("before(() => { session = new Session(); });", "beforeEach(() => { session = null; });"),
        ("const seen = [];", "const seen = [1];"),
        ("const seen = [];\n", "const seen = [];\nassert.equal = () => {};\n"),
        ("const seen = [];\n", "const seen = [];\nconst Cart = class {};\n"),
        ("const seen = [];\n", "const seen = [];\nprocess.exit(0);\n"),
        (
            "    const cart = new Cart();\n",
            "    const out = process.exit(0);\n    const cart = new Cart();\n",
        ),
        ('import { Cart } from "./cart.js";', 'import { Cart } from "./double.js";'),
        ('import { Cart } from "./cart.js";', 'import { Shop as Cart } from "./cart.js";'),
        ("import { before, describe", "import { describe"),
        ("import { Cart }", 'import "./replaces.js";\nimport { Cart }'),
        ("it, ", "test as it, "),
        ("assert/strict", "assert"),
    ],
)
def test_what_takes_something_from_a_test(old: str, new: str) -> None:
    if old not in OLD:
        old, new = old.replace("it, ", "it }"), new.replace("it, ", "it }")
    assert old in OLD
    assert weaker(OLD.replace(old, new, 1)) != []


def test_what_a_hook_may_make_anew_is_what_stood_there() -> None:
    hook = "let seen;\n\nbeforeEach(() => {\n  seen = [];\n});\n"
    after = OLD.replace("const seen = [];\n", hook).replace("{ before,", "{ before, beforeEach,")
    assert weaker(after) == []
    assert weaker(after.replace("seen = [];", "seen = [1];")) != []
    assert weaker(after.replace("seen = [];", "seen = []; session = null;")) != []


def test_a_hook_that_was_there_is_found_behind_a_new_one() -> None:
    old = "beforeEach(() => { warm(); });\n"
    before = OLD.replace("let session;\n", old + "let session;\n")
    after = before.replace("const seen = [];\n", "let seen;\nbeforeEach(() => { seen = []; });\n")
    assert weaker(after, before) == []
    assert weaker(after.replace(old, ""), before) != []
    assert weaker(after.replace("warm();", "warm(); cool();"), before) != []


def test_configuration_of_runners_and_broken_scripts_are_told() -> None:
    assert weaker("export default 1;\n", "export default {};\n", "web/jest.config.js") != []
    assert weaker("let = ;\n") != []


def test_tests_and_assertions_are_counted() -> None:
    scripts = ChangedScripts()
    list(scripts.take(FileChange(PATH, OLD.encode(), OLD.replace('  it("is', '  // x\n  it("is').encode())))
    assert (scripts.files, scripts.tests, scripts.assertions) == (1, [3, 3], [5, 5])
