"""Writes tests that what an attacker brings is refused: bad tokens, others' ids, placeholders for users."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.tokens import Tokens

_BY_ID: Final = "test_another_users_row_is_not_given_for_its_id"
_PLACEHOLDER: Final = "test_no_context_is_made_for_a_placeholder"


def _tests(say: Spelling) -> str:
    return spelled_ones(say, _bad_tokens, _expired, _row_by_id, _placeholders)


def _bad_tokens(say: Spelling) -> str:
    tokens = Tokens(say)
    return f"{tokens.helper()}{_forged(tokens)}\n\n{_grafted(tokens)}"


def _forged(tokens: Tokens) -> str:
    test = "test_a_forged_token_proves_nobody"
    stated = isolation(
        "token is made for one user",
        f"{tokens.reads} checks every part of a token",
        "token proves its user, and whatever is cut off, spoiled or invented proves nobody",
    )
    return f"""
async def {test}():
    {stated}
    user = {canary(test, "amber")}
    token = {tokens.issue("user")}
    assert {tokens.proves("token")} == user
    for forged in ("", user, token[:-12], token[:-8] + token[-8:][::-1], token[::-1]):
        assert {tokens.proves("forged")} is None
"""


def _grafted(tokens: Tokens) -> str:
    test = "test_the_seal_of_one_token_is_no_good_on_another"
    stated = isolation(
        "first_token and second_token are made for two users",
        f"{tokens.reads} checks that the seal belongs to what the token says",
        "each proves its own user, and first_token with the end of second_token proves nobody",
    )
    return f"""
async def {test}():
    {stated}
    first_token = {tokens.issue(canary(test, "amber"))}
    second_token = {tokens.issue(canary(test, "birch"))}
    assert {tokens.proves("first_token")} == {canary(test, "amber")}
    assert {tokens.proves("second_token")} == {canary(test, "birch")}
    assert {tokens.proves("first_token[:-16] + second_token[-16:]")} is None
    assert {tokens.proves("second_token[:-16] + first_token[-16:]")} is None
"""


def _expired(say: Spelling) -> str:
    tokens, test = Tokens(say), "test_an_expired_token_proves_nobody"
    stated = isolation(
        "good_token and expired_token are made for one user",
        f"{tokens.reads} looks at the age of a token",
        "good_token proves its user, and expired_token proves nobody",
    )
    return f"""
async def {test}():
    {stated}
    user = {canary(test, "amber")}
    good_token = {tokens.issue("user")}
    expired_token = {say.sample("expired_token", user_id="user")}
    assert {tokens.proves("good_token")} == user
    assert {tokens.proves("expired_token")} is None
"""


def _row_by_id(say: Spelling) -> str:
    rows, test = Rows(say), _BY_ID
    mine = canary(test, "amber-row")
    say.use("from sqlalchemy import inspect")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} gives a session that sees the rows of its own user",
        "the row of first is found by its id in first_session, and second_session finds nothing there",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    {rows.open_both()}
        row = {rows.row(mine)}
        {rows.do("first_session", "add", "row")}
        {rows.do("first_session", "commit")}
        row_id = inspect(row).identity
        found_by_first = {rows.do("first_session", "get", f"{rows.model}, row_id")}
        found_by_second = {rows.do("second_session", "get", f"{rows.model}, row_id")}
        read_by_second = {rows.texts("second_session")}
    assert found_by_first is row
    assert found_by_second is None
    assert {mine} not in read_by_second
"""


def _placeholders(say: Spelling) -> str:
    test = _PLACEHOLDER
    user = canary(test, "amber")
    if say.is_the_runtimes("context"):
        raise UnspellableError("`[tool.cellwall.roles]` has no 'context' of the project's own")
    made, placed = say.role("context", user_id=user), say.role("context", user_id="placeholder")
    say.use("import pytest")
    stated = isolation(
        "context is made for one user who is known",
        f"{say.name_of('context')} takes no id that could stand for everybody",
        "an exception is raised for each placeholder in place of an id",
    )
    return f"""
async def {test}():
    {stated}
    context = {made}
    assert context is not None
    for placeholder in ("", "placeholder", "default", None):
        with pytest.raises(Exception):  # noqa: B017, PT011  # whichever refusal it has
            {placed}
"""


CAPABILITY: Final = Capability(
    name="security-boundaries",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "security boundary",
        "security boundary user",
        "security isolation",
        "forged token",
        "expired token",
        "foreign token",
        "attacker data",
        "trust boundary",
    ),
    new_tests=NewTests(
        title="Bad tokens, others' ids and placeholders for users are refused.",
        role="token_owner",
        write=_tests,
        roles={_BY_ID: "session", _PLACEHOLDER: "context"},
    ),
)
