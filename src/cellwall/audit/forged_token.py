"""Tokens that nobody should believe: another's name under an old signature, or no signature at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cellwall.audit.actor import Actor, token_claims


def bearer(actor: Actor) -> str:
    """Give the actor's bearer token, "" where it has none."""
    return actor.headers.get("authorization", "").removeprefix("Bearer ").strip()


def forged(mine: Actor, other: Actor) -> Iterator[tuple[str, str]]:
    """Give what is wrong with a token, and the token: of `mine`, but with the claims that name `other`."""
    token = bearer(mine)
    claims = swapped(token_claims(token), token_claims(bearer(other)))
    if not claims:
        return
    head, _, signature = token.split(".")
    payload = _encoded(claims)
    yield "claims that its signature does not cover", f"{head}.{payload}.{signature}"
    for algorithm in ("none", "None"):
        yield "no signature at all", f"{_encoded({'alg': algorithm, 'typ': 'JWT'})}.{payload}."


def swapped(mine: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Give my claims with those that differ and name a user taken from the other; {} where none does."""
    differing = {
        name: other[name]
        for name in mine
        if name in other and mine[name] != other[name] and name not in ("iat", "exp", "nbf", "jti")
    }
    return {**mine, **differing} if differing else {}


def _encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")
