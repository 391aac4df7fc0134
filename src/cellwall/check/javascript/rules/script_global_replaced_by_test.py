"""CW915: a global that a test replaces and nobody puts back."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.javascript.script import Script, field_text
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.suites import block_around
from cellwall.check.rule import Example, Status

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_ALL_BACK: Final = deferred(r"process\.env = |unstubAll(Envs|Globals)|delete (process\.env|global(This)?)\b")
_GLOBAL: Final = deferred(r"(global|globalThis|window)\.\w+|process\.env\.\w+")


@final
class ScriptGlobalReplacedByTest:
    """A global that a test or hook replaces, and that nobody puts back.

    What it does:
        Finds `global.fetch = ...`, `globalThis.WebSocket = ...`, `window.localStorage = ...` and `process.env.X = ...`
        in tests and hooks of a file in which the same global is not set a second time by a hook that tidies up.

    Why it leaks:
        All later tests of the process meet the double that was made for one user's test.

    Example:
        it("asks", () => { global.fetch = jest.fn(); });

    Use instead:
        const fetchBefore = global.fetch;
        afterEach(() => { global.fetch = fetchBefore; });

    Fix safety:
        Not repaired: what was there before may be nothing.
    """

    name: ClassVar[str] = "script-global-replaced-by-test"
    code: ClassVar[str] = "CW915"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const before = global.fetch;\nafterEach(() => { global.fetch = before; });\nit('asks', () => { global.fetch = () => 1; });\n",
            path="web/a.test.js",
        ),
        Example("global.fetch = () => 1;\nit('asks', () => {});\n", path="web/a.test.js"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "it('asks', async () => {\n  global.fetch = async () => ({ ok: true });\n  expect(await ask()).toBe(true);\n});\n",
            path="web/ask.test.js",
        ),
    )

    def gate(self) -> Gate:
        """Give the names of the global object."""
        return IN_TESTS & Gate.any_of(b"global.", b"globalThis.", b"window.", b"process.env.")

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each global, where it is set first."""
        if _ALL_BACK.search(script.text):
            return
        told: set[str] = set()
        assignments = script.of("assignment_expression")
        back = {field_text(one, "left") for one in assignments if _is_tidying(script, one)}
        for assignment in assignments:
            target = field_text(assignment, "left")
            if not _GLOBAL.fullmatch(target) or target in back or target in told:
                continue
            block = block_around(script, assignment, "test", "each", "all")
            if block is not None and not _is_put_back(block.function, target):
                told.add(target)
                yield found(self, script, assignment, f"`{target}` stays replaced for all tests that follow")


def _is_tidying(script: Script, assignment: "SgNode") -> bool:
    block = block_around(script, assignment, "each", "all")
    return block is not None and block.name.startswith("after")


def _is_put_back(function: "SgNode", target: str) -> bool:
    """Tell whether the same function sets it twice: to its own, and back."""
    sets = [
        one for one in function.find_all(kind="assignment_expression") if field_text(one, "left") == target
    ]
    return len(sets) > 1
