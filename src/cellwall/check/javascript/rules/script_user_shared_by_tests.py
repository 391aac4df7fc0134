"""CW912: a user, token or client that one test or hook makes for all tests."""

import re
from collections.abc import Iterable
from typing import ClassVar, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.javascript.hook_for_each import made_by_each
from cellwall.check.javascript.script import Script
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.shared_by_tests import shared_variables, tests_using
from cellwall.check.javascript.suites import block_around
from cellwall.check.javascript.words import names_user
from cellwall.check.rule import Example, Status


@final
class ScriptUserSharedByTests:
    """A user, session, token or store that one test or hook makes for all tests of a file.

    What it does:
        Finds variables of a test file or suite that speak of a user, a session or a token, and that a test
        sets, or a hook that runs once (`beforeAll`, `before`), and that two tests or more use.

    Why it leaks:
        The tests run as one user and after each other: what the first left with the server, the second finds.
        No test can show that two users are kept apart.

    Example:
        let token;
        beforeAll(async () => { token = await signIn("ann"); });

    Use instead:
        let token;
        beforeEach(async () => { token = await signIn(`ann-${randomUUID()}`); });

    Fix safety:
        Safe where a hook of its own makes it out of nothing (no waiting, no other effect) and no test looks at
        what another left: the hook runs before each test. Elsewhere signing in once may be what the tests can
        afford, and it is left to a person.
    """

    name: ClassVar[str] = "script-user-shared-by-tests"
    code: ClassVar[str] = "CW912"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "let token;\nbeforeEach(async () => { token = await signIn(); });\nit('one', () => use(token));\nit('two', () => use(token));\n",
            path="web/a.test.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "let token;\n\nbeforeAll(async () => {\n  token = await signIn('ann');\n});\n\nit('lists', async () => { await list(token); });\nit('adds', async () => { await add(token); });\n",
            path="web/api.test.js",
        ),
        Example(
            "let session;\n\nbeforeAll(() => {\n  session = new Session('ann');\n});\n\nit('has a name', () => { expect(session.name).toBe('ann'); });\nit('has no token', () => { expect(session.token).toBe(null); });\n",
            "let session;\n\nbeforeEach(() => {\n  session = new Session('ann');\n});\n\nit('has a name', () => { expect(session.name).toBe('ann'); });\nit('has no token', () => { expect(session.token).toBe(null); });\n",
            path="web/session.test.js",
        ),
    )

    def gate(self) -> Gate:
        """Give the words by which such variables are declared."""
        return IN_TESTS & Gate.any_of(b"let ", b"var ", re.compile(rb"\b(?:let|var)\b"))

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each variable."""
        for variable in shared_variables(script):
            if variable.keyword == "const" or not names_user(variable.name):
                continue
            setting = [block_around(script, use, "test", "all", "each") for use in variable.sets]
            shared = next((one for one in setting if one is not None and one.kind in ("test", "all")), None)
            users = tests_using(script, variable)
            if shared is None or len(users) < 2 or any(one and one.kind == "each" for one in setting):
                continue
            message = f"`{variable.name}` is set once, by `{shared.name}`, and used by {len(users)} tests"
            yield found(self, script, variable.place, message, made_by_each(script, variable))
