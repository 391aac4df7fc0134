"""CW901: a variable of a module that functions set to one user or token."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.javascript.script import Script, function_around
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.variables import Variable, module_variables
from cellwall.check.javascript.words import names_user
from cellwall.check.rule import Example, Status

if TYPE_CHECKING:
    from ast_grep_py import SgNode


@final
class ScriptUserInModule:
    """A variable of a module that functions set to one user, session or token.

    What it does:
        Finds `let` and `var` at the top of a script whose name speaks of a user, a session or a token, and
        which a function sets. Test files are left to `script-user-shared-by-tests`, a name that is set
        where the module is loaded only is none, and what is only counted up or down is a number.

    Why it leaks:
        A module is loaded once. On a server, and wherever pages are rendered there, all requests share it:
        whoever came last is everybody's current user. In a browser it outlives a log-out.

    Example:
        let currentUser = null;
        export function signIn(user) { currentUser = user; }

    Use instead:
        export function signIn(session, user) { session.user = user; }

    Fix safety:
        Not repaired: who has to be told instead, only a person can say.
    """

    name: ClassVar[str] = "script-user-in-module"
    code: ClassVar[str] = "CW901"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("export function signIn(session, user) {\n  session.user = user;\n}\n", path="src/a.js"),
        Example("let userAgent = navigator.userAgent;\n", path="src/a.js"),
        Example("let nextToken = 1;\nexport const take = () => nextToken++;\n", path="src/a.js"),
        Example(
            "function f(user) {\n  let currentUser = user;\n  return () => { currentUser = null; };\n}\n",
            path="src/a.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "let currentUser = null;\n\nexport function signIn(user) {\n  currentUser = user;\n}\n",
            path="src/session.js",
        ),
        Example(
            "let userId = 0;\nexport function signIn(id) {\n  userId = id;\n}\n",
            path="src/session.js",
        ),
        Example(
            "let authToken: string | null = null;\nexport const login = (t: string) => { authToken = t; };\n",
            path="src/session.ts",
        ),
    )

    def gate(self) -> Gate:
        """Give the words by which such variables are declared."""
        return NOT_IN_TESTS & Gate.any_of(b"let ", b"var ", re.compile(rb"\b(?:let|var)\b"))

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each variable."""
        for variable in module_variables(script):
            if variable.keyword == "const" or not names_user(variable.name) or _is_counter(variable):
                continue
            setting = next((use for use in variable.sets if function_around(use) is not None), None)
            if setting is not None:
                message = (
                    f"`{variable.name}` of the module is set by a function: the last user is everybody's"
                )
                yield found(self, script, variable.place, message)


def _is_counter(variable: Variable) -> bool:
    """Tell whether a variable starts as a number and is only counted up, down or set to a number."""
    if variable.value is None or variable.value.kind() != "number":
        return False
    return all(_counts(use.parent()) for use in variable.sets)


def _counts(setting: "SgNode | None") -> bool:
    if setting is None or setting.kind() == "update_expression":
        return setting is not None
    given = setting.field("right")
    return given is not None and given.kind() == "number"
