"""CW911: an object that several tests of a file change."""

import re
from collections.abc import Iterable
from typing import ClassVar, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.javascript.made_anew import is_made_anew, made_anew
from cellwall.check.javascript.script import Script, field_text
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.shared_by_tests import shared_variables, tests_using
from cellwall.check.javascript.suites import block_around
from cellwall.check.javascript.variables import Variable
from cellwall.check.rule import Example, Status


@final
class ScriptStateSharedByTests:
    """An object that several tests of a file share, and that some of them change.

    What it does:
        Finds arrays, objects, maps and sets of a test file or a suite, made where it is declared, that a test
        changes (`seen.push(...)`, `cache.set(...)`, `state.user = ...`), used by two tests or more and made
        anew by no `beforeEach` or `afterEach`.

    Why it leaks:
        What one test puts in, the next one finds: it passes or fails by what ran before it, and one user's
        data is there when another user's test begins.

    Example:
        const seen = [];
        it("one", () => { seen.push(1); });

    Use instead:
        let seen;
        beforeEach(() => { seen = []; });

    Fix safety:
        Safe where the value is a plain literal, no test reads what it did not put there itself, and the file
        has a suite or hooks to put a `beforeEach` in: it is made anew before each test.
    """

    name: ClassVar[str] = "script-state-shared-by-tests"
    code: ClassVar[str] = "CW911"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "let seen;\nbeforeEach(() => { seen = []; });\nit('one', () => { seen.push(1); });\nit('two', () => { expect(seen).toEqual([]); });\n",
            path="web/a.test.js",
        ),
        Example(
            "const seen = [];\nbeforeEach(() => { seen.length = 0; });\nit('one', () => { seen.push(1); });\nit('two', () => { expect(seen).toEqual([]); });\n",
            path="web/a.test.js",
        ),
        Example(
            "const names = ['a'];\nit('one', () => { expect(names).toHaveLength(1); });\nit('two', () => { expect(names[0]).toBe('a'); });\n",
            path="web/a.test.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const seen = [];\n\ndescribe('events', () => {\n  it('keeps one', () => {\n    seen.push(1);\n    expect(seen).toContain(1);\n  });\n\n  it('keeps two', () => {\n    seen.push(2);\n    expect(seen).toContain(2);\n  });\n});\n",
            "let seen;\n\nbeforeEach(() => {\n  seen = [];\n});\n\ndescribe('events', () => {\n  it('keeps one', () => {\n    seen.push(1);\n    expect(seen).toContain(1);\n  });\n\n  it('keeps two', () => {\n    seen.push(2);\n    expect(seen).toContain(2);\n  });\n});\n",
            path="web/events.test.js",
        ),
        Example(
            "const state = { user: null };\ntest('sets', () => { state.user = 'ann'; });\ntest('is empty', () => { expect(state.user).toBe(null); });\n",
            path="web/store.test.js",
        ),
    )

    def gate(self) -> Gate:
        """Give what stands in every file with tests."""
        return IN_TESTS & Gate.any_of(b"it(", b"test(", re.compile(rb"\b(?:it|test|specify)\b"))

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each object that is shared and changed."""
        for variable in shared_variables(script):
            if not _holds_state(variable):
                continue
            changing = [
                use for use in variable.changes if block_around(script, use, "test", "each") is not None
            ]
            first = next((use for use in changing if block_around(script, use, "test") is not None), None)
            users = tests_using(script, variable)
            read = any(
                u not in changing and block_around(script, u, "test") is not None for u in variable.uses
            )
            if first is None or not read or len(users) < 2 or is_made_anew(script, variable):
                continue
            title = users[0].title
            message = f"`{variable.name}` is shared by {len(users)} tests and changed, first by {title!r}"
            yield found(self, script, variable.place, message, made_anew(script, variable))


def _holds_state(variable: Variable) -> bool:
    value = variable.value
    if value is None:
        return False
    if value.kind() == "new_expression":
        return field_text(value, "constructor") in ("Map", "Set")
    return value.kind() in ("array", "object")
