"""Tests alike for tokens of users and of services: each says whose it is, and those of two users differ."""

from cellwall.migrate.new_tests.canaries import canary, users
from cellwall.migrate.new_tests.tokens import Tokens


def each_says_whose_it_is(tokens: Tokens, test: str, stated: str) -> str:
    """Give a test that reads ten users' tokens backwards, so that none is the one made last."""
    return f"""
async def {test}():
    {stated}
    users = {users(test, 10)}
    tokens = [{tokens.issue("user")} for user in users]
    for user, token in reversed(list(zip(users, tokens, strict=True))):
        assert {tokens.owner("token")} == user
"""


def two_differ(tokens: Tokens, test: str, stated: str) -> str:
    """Give a test that two users' tokens are two, and that the second is not the first user's."""
    return f"""
async def {test}():
    {stated}
    first_token = {tokens.issue(canary(test, "amber"))}
    second_token = {tokens.issue(canary(test, "birch"))}
    assert first_token != second_token
    assert {tokens.owner("second_token")} == {canary(test, "birch")}
"""
