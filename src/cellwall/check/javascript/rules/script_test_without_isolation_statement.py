"""CW916: a test about several users that does not say how they are kept apart."""

import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.javascript.script import Script
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.suites import blocks
from cellwall.check.rule import Example, Status

_ABOUT: Final = deferred(
    r"\bisolat\w*\b.*\b(user|tenant)|\b(user|tenant)s?\b.*\bisolat"
    r"|\b(two|multiple|several|different|both) (users|tenants)\b"
    r"|\b(an)?other (user|tenant)(s|'s)?\b(?! (type|data|agent))",
    re.IGNORECASE,
)


@final
class ScriptTestWithoutIsolationStatement:
    """A test about several users that does not say how they are kept apart.

    What it does:
        Finds tests whose title speaks of isolated users, of two users or of another user, and in which no comment
        begins with `Isolation:`.

    Why it leaks:
        Nobody can tell from such a test which wall it is about: who the users are, what keeps them apart, and
        what is asserted for it.

    Example:
        it("isolates users", () => { ... });

    Use instead:
        it("isolates users", () => {
          // Isolation: ann and bob have a session each; the store is keyed by the session; bob's list is empty.
        });

    Fix safety:
        Not repaired: what the test means, only a person can say.
    """

    name: ClassVar[str] = "script-test-without-isolation-statement"
    code: ClassVar[str] = "CW916"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "it('keeps two users apart', () => {\n  // Isolation: ann and bob have a store each; each store holds its own name alone.\n  expect(1).toBe(1);\n});\n",
            path="web/a.test.js",
        ),
        Example("it('adds', () => {});\n", path="web/a.test.js"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "it('keeps two users apart', () => {\n  expect(listOf('bob')).toEqual([]);\n});\n",
            path="web/two.test.js",
        ),
    )

    def gate(self) -> Gate:
        """Give the words of such titles."""
        return IN_TESTS & Gate.any_of(b"solat", b"user", b"User", b"tenant")

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each test without a statement."""
        for block in blocks(script):
            if block.kind != "test" or not _ABOUT.search(block.title):
                continue
            said = [one.text().lstrip("/* \n") for one in block.function.find_all(kind="comment")]
            if not any(one.startswith("Isolation:") for one in said):
                message = f"{block.title!r} does not say how users are kept apart"
                yield found(self, script, block.call, message)
