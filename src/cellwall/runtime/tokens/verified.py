"""A token that was verified, and the bounded cache of such tokens, keyed by their whole text."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, final

CACHED_TOKENS: Final = 8192


@final
@dataclass(frozen=True, slots=True, eq=False)
class VerifiedToken:
    """What a good token says. Times are seconds since the epoch; nothing in here can be changed."""

    user_id: str
    session_id: str | None
    token_id: str
    issued_at: float
    expires_at: float
    claims: Mapping[str, Any]


@final
class VerifiedTokens:
    """The newest verified tokens, at most `limit`. It knows no time: who asks checks expiry and revocation.

    Two generations of half the size each: when the younger one is full it becomes the older one, so what
    was not used for a whole generation is forgotten, at no cost per use. Who looks into `young` directly
    must have made sure that the token is a real `str`.
    """

    def __init__(self, limit: int = CACHED_TOKENS) -> None:
        self._half = limit // 2
        self.young: dict[str, VerifiedToken] = {}
        self._old: dict[str, VerifiedToken] = {}

    def __len__(self) -> int:
        return len(self.young) + len(self._old)

    def get(self, token: str) -> VerifiedToken | None:
        """Give what was verified for exactly this text; only a real `str` finds anything."""
        if type(token) is not str:  # a subclass might claim to equal another user's token
            return None
        found = self.young.get(token)
        if found is None and (found := self._old.get(token)) is not None:
            self.add(token, found)
        return found

    def add(self, token: str, verified: VerifiedToken) -> None:
        """Remember a token."""
        if self._half:
            if len(self.young) >= self._half:
                self._old, self.young = self.young, {}
            self.young[token] = verified

    def forget(self, token: str) -> None:
        """Forget one token."""
        self.young.pop(token, None)
        self._old.pop(token, None)


def frozen(value: Any) -> Any:
    """Give JSON data that nobody can change: mappings become read-only, lists tuples."""
    if isinstance(value, dict):
        return MappingProxyType({name: frozen(item) for name, item in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def thawed(value: Any) -> Any:
    """Give a copy of frozen data as dicts and lists, which the caller may change."""
    if isinstance(value, MappingProxyType):
        return {name: thawed(item) for name, item in value.items()}
    return list(map(thawed, value)) if isinstance(value, tuple) else value
