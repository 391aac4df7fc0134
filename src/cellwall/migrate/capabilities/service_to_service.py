"""Writes tests that a service which acts for a user reaches that user's data and nobody else's."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.token_tests import each_says_whose_it_is, two_differ
from cellwall.migrate.new_tests.tokens import Tokens

_MADE: Final = "test_a_service_is_given_a_token_for_one_user"


def _tests(say: Spelling) -> str:
    tokens = Tokens.of_services(say)
    return f"{tokens.helper()}{_acts(tokens)}\n\n{_made(tokens)}\n\n{_spoiled(tokens)}"


def _acts(tokens: Tokens) -> str:
    test = "test_services_act_for_the_user_of_each_token"
    stated = isolation(
        "each of users has a token by which a service acts for it",
        f"{tokens.reads} reads the tokens backwards, so that none is the one made last",
        "the service that is asked learns the token's own user",
    )
    return each_says_whose_it_is(tokens, test, stated)


def _made(tokens: Tokens) -> str:
    test = _MADE
    stated = isolation(
        "first_token and second_token let a service act for two users",
        f"{tokens.makes} makes a token for one user alone",
        "the tokens differ, and second_token acts for the second user",
    )
    return two_differ(tokens, test, stated)


def _spoiled(tokens: Tokens) -> str:
    test = "test_a_spoiled_service_token_acts_for_nobody"
    stated = isolation(
        "token lets a service act for one user",
        f"{tokens.reads} checks the whole token",
        "a token with a spoiled end, or none, acts for nobody",
    )
    return f"""
async def {test}():
    {stated}
    token = {tokens.issue(canary(test, "amber"))}
    assert {tokens.proves("token")} == {canary(test, "amber")}
    for bad_token in ("", token[:-8] + token[-8:][::-1]):
        assert {tokens.proves("bad_token")} is None
"""


CAPABILITY: Final = Capability(
    name="service-to-service",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "service communication",
        "service call service",
        "service token",
        "service behalf user",
        "service act user",
        "inter service",
        "between service call",
        "between service request",
    ),
    new_tests=NewTests(
        title="Services act for the user of their token.",
        role="service_owner",
        write=_tests,
        roles={_MADE: "service_token"},
    ),
)
