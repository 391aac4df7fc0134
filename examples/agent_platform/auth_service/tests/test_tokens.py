"""Tokens say who somebody is, and nobody else."""

import pytest

from auth_service.tokens import BadToken, decode_token, generate_token, user_of
from cellwall import TokenIssuer


def test_each_token_is_its_users():
    ada, bob = generate_token(user_id="ada"), generate_token(user_id="bob")
    assert ada != bob
    assert decode_token(ada)["user_id"] == "ada"
    assert user_of(bob) == "bob"


def test_tokens_of_others_are_refused():
    foreign = TokenIssuer(audience="agent-platform").generate_token("ada")
    with pytest.raises(BadToken):
        user_of(foreign)


def test_old_tokens_are_refused():
    with pytest.raises(BadToken):
        user_of(generate_token("ada", expires_in=-1))
