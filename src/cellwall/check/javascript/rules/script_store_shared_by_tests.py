"""CW913: a store or query client that all tests of a file share."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.javascript.made_anew import is_made_anew, made_anew
from cellwall.check.javascript.script import Script, field_text
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.shared_by_tests import shared_variables, tests_using
from cellwall.check.javascript.waiting_tests import escapes
from cellwall.check.rule import Example, Status

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_STORES: Final = frozenset({"configureStore", "createStore", "QueryClient", "InMemoryCache", "setupStore"})


@final
class ScriptStoreSharedByTests:
    """A store, query client or cache that all tests of a file share.

    What it does:
        Finds `configureStore(...)`, `createStore(...)`, `new QueryClient(...)`, `new InMemoryCache(...)` kept in a
        constant of a test file or suite and used by two tests or more, and not emptied or reset by a hook.

    Why it leaks:
        What the page of one test loaded for its user, the page of the next test shows from the store.

    Example:
        const queryClient = new QueryClient();

    Use instead:
        let queryClient;
        beforeEach(() => { queryClient = new QueryClient(); });

    Fix safety:
        Safe where the tests call the store's own methods only, and each changes it before it looks at it: the
        same is made before each test. Unsafe where it is handed to others: a test may wait for what another
        one left in it.
    """

    name: ClassVar[str] = "script-store-shared-by-tests"
    code: ClassVar[str] = "CW913"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const client = new QueryClient();\nafterEach(() => client.clear());\nit('one', () => { show(client); });\nit('two', () => { show(client); });\n",
            path="web/a.test.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "const client = new QueryClient();\n\nit('one', () => { show(client); });\nit('two', () => { show(client); });\n",
            "let client;\n\nbeforeEach(() => {\n  client = new QueryClient();\n});\n\nit('one', () => { show(client); });\nit('two', () => { show(client); });\n",
            path="web/list.test.js",
        ),
    )

    def gate(self) -> Gate:
        """Give what makes stores."""
        return IN_TESTS & Gate.any_of(b"Store", b"QueryClient", b"InMemoryCache")

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each store."""
        for variable in shared_variables(script):
            if variable.value is None or _maker(variable.value) not in _STORES:
                continue
            users = tests_using(script, variable)
            if len(users) < 2 or is_made_anew(script, variable):
                continue
            safety = Safety.UNSAFE if escapes(variable) else Safety.SAFE
            message = f"`{variable.name}` is one store for {len(users)} tests"
            yield found(self, script, variable.place, message, made_anew(script, variable, safety))


def _maker(value: "SgNode") -> str:
    named = field_text(value, "function") or field_text(value, "constructor")
    return named.partition("<")[0].rpartition(".")[2]
