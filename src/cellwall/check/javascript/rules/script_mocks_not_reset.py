"""CW914: mocks that several tests share and nobody resets."""

from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.javascript.made_anew import is_made_anew
from cellwall.check.javascript.script import Script, field_text
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.shared_by_tests import shared_variables, tests_using
from cellwall.check.rule import Example, Status

_MAKERS: Final = frozenset({"jest.fn", "vi.fn", "mock.fn", "sinon.stub", "sinon.spy"})
_RESETS: Final = deferred(
    r"(clear|reset|restore)AllMocks|mock(Clear|Reset|Restore)\b|\.(restore|reset|resetCalls|resetHistory)\("
)


@final
class ScriptMocksNotReset:
    """Mocks that several tests of a file share and that nobody resets between them.

    What it does:
        Finds `jest.fn()`, `vi.fn()` and `mock.fn()` kept in a constant of a test file or suite and used by two tests
        or more, in a file where no hook clears, resets or restores mocks, and no test does it either.

    Why it leaks:
        Calls of one test are counted in the next, and an answer made for one user is given to another.

    Example:
        const send = jest.fn();

    Use instead:
        const send = jest.fn();
        beforeEach(() => { jest.clearAllMocks(); });

    Fix safety:
        Not repaired: a runner may be configured to reset mocks by itself (`clearMocks`, `mockReset`).
    """

    name: ClassVar[str] = "script-mocks-not-reset"
    code: ClassVar[str] = "CW914"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const send = jest.fn();\nafterEach(() => jest.clearAllMocks());\nit('one', () => { use(send); });\nit('two', () => { use(send); });\n",
            path="web/a.test.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const send = jest.fn();\nit('one', () => { use(send); expect(send).toHaveBeenCalledTimes(1); });\nit('two', () => { use(send); });\n",
            path="web/send.test.js",
        ),
    )

    def gate(self) -> Gate:
        """Give what makes mocks."""
        return IN_TESTS & Gate.any_of(b"jest.fn", b"vi.fn", b"mock.fn", b"sinon.")

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each mock."""
        if _RESETS.search(script.text):
            return
        for variable in shared_variables(script):
            if variable.value is None or field_text(variable.value, "function") not in _MAKERS:
                continue
            users = tests_using(script, variable)
            if len(users) > 1 and not is_made_anew(script, variable):
                message = f"`{variable.name}` counts the calls of {len(users)} tests together"
                yield found(self, script, variable.place, message)
