"""CW903: credentials of one user, set on an HTTP client that all share."""

import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import in_any_case
from cellwall.check.gate import Gate
from cellwall.check.javascript.script import Script, field_text, function_around
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.variables import module_variables
from cellwall.check.rule import Example, Status

_SECRET: Final = deferred(r"authorization|token|cookie", re.IGNORECASE)


@final
class ScriptCredentialsOnSharedClient:
    """Credentials of one user that are set on an HTTP client which everybody shares.

    What it does:
        Finds assignments to the default headers of a client (`axios.defaults.headers.common.Authorization = ...`,
        `api.defaults.headers[...]`) inside functions, where the client is imported or a variable of the module.

    Why it leaks:
        The header stays for every request that follows, whoever makes it. Rendered on a server, that is
        another user's; in a browser, the one who logs in next.

    Example:
        axios.defaults.headers.common.Authorization = `Bearer ${token}`;

    Use instead:
        const api = axios.create({ headers: { Authorization: `Bearer ${token}` } });

    Fix safety:
        Not repaired: the callers need the client of the user instead.
    """

    name: ClassVar[str] = "script-credentials-on-shared-client"
    code: ClassVar[str] = "CW903"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import axios from 'axios';\nexport const clientOf = (token) => axios.create({ headers: { Authorization: token } });\n",
            path="src/a.js",
        ),
        Example(
            "export function f(client, token) {\n  client.defaults.headers.common.Authorization = token;\n}\n",
            path="src/a.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import axios from 'axios';\n\nexport function signIn(token) {\n  axios.defaults.headers.common.Authorization = `Bearer ${token}`;\n}\n",
            path="src/api.js",
        ),
        Example(
            "import axios from 'axios';\nconst api = axios.create();\nexport const use = (t: string) => { api.defaults.headers.common['Authorization'] = t; };\n",
            path="src/api.ts",
        ),
    )

    def gate(self) -> Gate:
        """Give the name of the place where defaults are kept."""
        return Gate.any_of(b".defaults.headers") & Gate.any_of(
            in_any_case(b"authorization", b"token", b"cookie")
        )

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each assignment inside a function."""
        for assignment in script.of("assignment_expression"):
            target = field_text(assignment, "left")
            secret = _SECRET.search(target) is not None and ".defaults.headers" in target
            if secret and function_around(assignment) is not None and _is_shared(script, target):
                message = "every later request of this client carries the credentials, whoever makes it"
                yield found(self, script, assignment, message)


def _is_shared(script: Script, target: str) -> bool:
    """Tell whether the client is imported, or a variable of the module."""
    client = target.partition(".")[0].partition("[")[0]
    kept = any(variable.name == client for variable in module_variables(script))
    return kept or any(
        re.search(rf"\b{re.escape(client)}\b", one.text()) for one in script.of("import_clause")
    )
