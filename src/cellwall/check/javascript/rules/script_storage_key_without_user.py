"""CW904: data kept in the browser under a key that names no user."""

from collections.abc import Iterable
from typing import ClassVar, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.javascript.script import (
    Script,
    field_text,
    literal_text,
    named_arguments,
)
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.words import names_settings, tells_users_apart
from cellwall.check.rule import Example, Status


@final
class ScriptStorageKeyWithoutUser:
    """Data that is kept in the browser under a key that names no user.

    What it does:
        Finds `localStorage.setItem("threads", ...)` with a key that is written out and names neither a user
        nor what a user signs in with, and no setting of the page (theme, language, ...). Tests are left alone.

    Why it leaks:
        The browser keeps it when the user logs out. Whoever logs in next on that machine is shown it.

    Example:
        localStorage.setItem("drafts", JSON.stringify(drafts));

    Use instead:
        localStorage.setItem(`drafts:${user.id}`, JSON.stringify(drafts));

    Fix safety:
        Not repaired: what was kept so far would not be found again.
    """

    name: ClassVar[str] = "script-storage-key-without-user"
    code: ClassVar[str] = "CW904"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("localStorage.setItem(`drafts:${user.id}`, text);\n", path="src/a.js"),
        Example("localStorage.setItem('theme', 'dark');\n", path="src/a.js"),
        Example("localStorage.setItem(key, text);\n", path="src/a.js"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "export function keep(drafts) {\n  localStorage.setItem('drafts', JSON.stringify(drafts));\n}\n",
            path="src/drafts.js",
        ),
    )

    def gate(self) -> Gate:
        """Give the names of the storage."""
        return NOT_IN_TESTS & Gate.any_of(b"localStorage.setItem")

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each call with such a key."""
        for call in script.of("call_expression"):
            if not field_text(call, "function").endswith("localStorage.setItem"):
                continue
            given = named_arguments(call)
            key = literal_text(given[0]) if given else None
            if key and not names_settings(key) and not tells_users_apart(key):
                message = f"`{key}` stays in the browser for whoever signs in next"
                yield found(self, script, call, message)
