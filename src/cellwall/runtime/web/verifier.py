"""What checks the tokens for the middleware: an issuer of ours, or what knows older tokens of a service."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from cellwall.runtime.bearer import bearer_token
from cellwall.runtime.errors import ResourceExhaustedError, TokenError

WANTED: Final = (
    "an object whose verify(token) returns something with user_id and session_id (or None), "
    "and raises TokenInvalidError for a token that is not good"
)


class Verified(Protocol):
    """What a verifier must say about a token."""

    @property
    def user_id(self) -> str | None:
        """Whose request it is; None, for a service that asks for itself, is refused here."""
        ...

    @property
    def session_id(self) -> str | None:
        """The user's session, where the token names one."""
        ...


class TokenVerifier(Protocol):
    """Checks tokens: `TokenIssuer` and `ServiceTokenVerifier` do."""

    def verify(self, token: str) -> Verified:
        """Give what a good token says.

        Raises:
            TokenError: it is not good.
            StoreUnavailableError: nobody can know.
        """
        ...


def verify_of(tokens: TokenVerifier) -> Callable[[str], Verified]:
    """Give what checks a token; a verifier that is not ours hears what is wrong with its answers.

    Raises:
        TypeError: it has no `verify`.
    """
    verify: Any = getattr(tokens, "verify", None)
    if not callable(verify):
        raise TypeError(f"tokens is a {type(tokens).__name__}: give a TokenIssuer, or {WANTED}")
    if type(tokens).__module__.startswith("cellwall."):
        return verify  # type: ignore[no-any-return]
    name = f"{type(tokens).__name__}.verify"

    def checked(token: str) -> Verified:
        try:
            verified = verify(token)
        except (TokenError, ResourceExhaustedError):
            raise
        except Exception as error:
            error.add_note(f"raised by {name}; the middleware wants {WANTED}")
            raise
        if not (hasattr(verified, "user_id") and hasattr(verified, "session_id")):
            close = getattr(verified, "close", None)  # of a coroutine: nobody will await it
            if callable(close):
                close()
            raise TypeError(f"{name} returned a {type(verified).__name__}; the middleware wants {WANTED}")
        return verified  # type: ignore[no-any-return]

    return checked


def header_verifier_of(tokens: TokenVerifier) -> Callable[[bytes], Verified]:
    """Give what checks a whole header: `verify_header` of the class whose `verify` is asked, else that alone.

    Whatever stands before an issuer's `verify`, a subclass or a wrapper, is asked as before.
    """
    verify, kind = verify_of(tokens), vars(type(tokens))
    header: Callable[[bytes], Verified] | None = getattr(tokens, "verify_header", None)
    ways = {"verify": verify, "verify_header": header}
    own = all(name in kind and getattr(way, "__func__", None) is kind[name] for name, way in ways.items())
    if header is not None and own:
        return header
    return lambda value: verify(bearer_token(value))
