"""Sealing and opening a compact JWS with one fixed algorithm. The only file that knows joserfc's `jws`."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.registry import JWS_HEADER_REGISTRY, HeaderRegistryDict

from cellwall.runtime.errors import TokenInvalidError
from cellwall.runtime.token_refusal import REFUSED

MAX_TOKEN_LENGTH: Final = 8192

# What hostile text makes the parsers raise: bad base64, JSON and numbers are ValueErrors; a header that is
# no object is a TypeError, AttributeError or LookupError; deep nesting is a RecursionError.
_HOSTILE: Final = (
    JoseError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError,
)  # fmt: skip


class _OurHeaders(jws.JWSRegistry):
    """Knows three header members; keys, addresses and extensions that a token brings along are refused."""

    default_header_registry: HeaderRegistryDict = {  # noqa: RUF012  # joserfc declares it so
        name: JWS_HEADER_REGISTRY[name] for name in ("alg", "kid", "typ")
    }


@final
class Envelope:
    """One algorithm and one type of token. What a token's header says about either must be just that."""

    def __init__(self, algorithm: str, kind: str) -> None:
        self._algorithm = algorithm
        self._kind = kind
        self._registry = _OurHeaders(algorithms=[algorithm])

    def seal(self, claims: dict[str, Any], kid: str, key: Key) -> str:
        """Sign the claims; what is too long to be opened is not made.

        Raises:
            ValueError: the claims are no JSON or far too many.
        """
        header = {"alg": self._algorithm, "kid": kid, "typ": self._kind}
        payload = json.dumps(claims, separators=(",", ":"), allow_nan=False)
        token = jws.serialize_compact(header, payload, key, registry=self._registry)
        if len(token) > MAX_TOKEN_LENGTH:
            raise ValueError(f"a token may have {MAX_TOKEN_LENGTH} characters, this one has {len(token)}")
        return token

    def open(self, token: str, key_of: Callable[[str], Key | None]) -> tuple[str, dict[str, Any]]:
        """Give the key id and the claims of a token whose signature is good; `key_of` finds keys by id.

        Raises:
            TokenInvalidError: anything else; the text never says what.
        """
        try:
            return self._open(token, key_of)
        except (*_HOSTILE, TokenInvalidError):
            raise TokenInvalidError(REFUSED) from None

    def _open(self, token: str, key_of: Callable[[str], Key | None]) -> tuple[str, dict[str, Any]]:
        if type(token) is not str or len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            raise TokenInvalidError(REFUSED)
        signed = jws.extract_compact(token.encode(), registry=self._registry)
        header = signed.protected
        kid = header["kid"]
        if type(kid) is not str or header["typ"] != self._kind or header["alg"] != self._algorithm:
            raise TokenInvalidError(REFUSED)
        key = key_of(kid)
        if key is None or not jws.validate_compact(signed, key, registry=self._registry):
            raise TokenInvalidError(REFUSED)
        claims = json.loads(signed.payload or b"", object_pairs_hook=_once, parse_constant=_no_constant)
        if type(claims) is not dict:
            raise TokenInvalidError(REFUSED)
        return kid, claims


def _once(members: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(members)
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a claim stands there twice")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
