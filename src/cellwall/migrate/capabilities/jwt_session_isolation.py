"""Writes tests that a token proves its own user, and opens that user's session alone."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.token_tests import each_says_whose_it_is, two_differ
from cellwall.migrate.new_tests.tokens import Tokens

_DIFFER: Final = "test_tokens_of_two_users_differ_and_name_them"


def _tests(say: Spelling) -> str:
    tokens = Tokens(say)
    return f"{_proved(tokens)}\n\n{_differ(tokens)}\n\n\n{_session_if_spelled(say)}"


def _session_if_spelled(say: Spelling) -> str:
    return spelled_ones(say, _session, least=0)


def _proved(tokens: Tokens) -> str:
    test = "test_each_token_proves_its_own_user"
    stated = isolation(
        "each of users has a token of its own",
        f"{tokens.reads} reads the tokens backwards, so that none is the one made last",
        "every token proves its own user",
    )
    return each_says_whose_it_is(tokens, test, stated)


def _differ(tokens: Tokens) -> str:
    test = _DIFFER
    stated = isolation(
        "first_token and second_token are made for two users",
        f"{tokens.makes} makes a token for one user alone",
        "the tokens differ, and second_token proves the second user",
    )
    return two_differ(tokens, test, stated)


def _session(say: Spelling) -> str:
    rows, tokens, test = Rows(say), Tokens(say), "test_a_token_opens_its_own_users_session"
    mine, theirs = canary(test, "amber-row"), canary(test, "birch-row")
    stated = isolation(
        "first and second are contexts of the users whom two tokens prove",
        f"{tokens.reads} and {say.name_of('session')} lead from each token to a session of its user",
        "what each session reads holds the row of its own user and not the other's",
    )
    return f"""
async def {test}():
    {stated}
    first_token = {tokens.issue(canary(test, "amber"))}
    second_token = {tokens.issue(canary(test, "birch"))}
    first = {say.role("context", user_id=tokens.owner("first_token"))}
    second = {say.role("context", user_id=tokens.owner("second_token"))}
    {rows.open_both()}
        {rows.do("first_session", "add", rows.row(mine))}
        {rows.do("first_session", "commit")}
        {rows.do("second_session", "add", rows.row(theirs))}
        {rows.do("second_session", "commit")}
        read_by_first = {rows.texts("first_session")}
        read_by_second = {rows.texts("second_session")}
    assert {mine} in read_by_first
    assert {theirs} not in read_by_first
    assert {theirs} in read_by_second
    assert {mine} not in read_by_second
"""


CAPABILITY: Final = Capability(
    name="jwt-session-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "jwt session isolation",
        "jwt isolation",
        "jwt session",
        "token isolation",
        "token session isolation",
        "token session user",
        "jwt user",
        "token prove user",
        "login session user",
    ),
    new_tests=NewTests(
        title="A token proves its own user and leads to that user's data.",
        role="token_owner",
        write=_tests,
        roles={_DIFFER: "token"},
    ),
)
