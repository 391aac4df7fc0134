"""Tokens that one service gives another: short-lived, for one audience, with the user who acts."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.identity import check_id, fresh_id
from cellwall.runtime.tokens.envelope import Envelope
from cellwall.runtime.tokens.service_keys import CURVE, ServiceKey

if TYPE_CHECKING:
    from cellwall.runtime.tokens.service_verifier import ServiceIdentity

KIND: Final = "cellwall-service+jwt"
MAX_LIFETIME: Final = 60
MAX_ACTORS: Final = 8


@final
class ServiceTokenIssuer:
    """Signs what `service` says to other services. In RFC 8693's words `sub` is the user, `act` who acts.

    Args:
        service: the name that others trust this key under.
        key: an Ed25519 key.
        lifetime: seconds, at most 60.

    Raises:
        ValueError: the lifetime is out of bounds.
        InvalidIdError: the service's name is empty or a placeholder.
    """

    def __init__(
        self,
        service: str,
        key: ServiceKey,
        *,
        lifetime: int = MAX_LIFETIME,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not 0 < lifetime <= MAX_LIFETIME:
            raise ValueError(f"a service token lives up to {MAX_LIFETIME} s, not {lifetime}")
        self.service: Final = check_id("service", service)
        self._key = key
        self._kid = key.kid
        self._lifetime = lifetime
        self._clock = clock
        self._envelope = Envelope(CURVE, KIND)

    def issue(
        self,
        audience: str,
        *,
        context: UserExecutionContext | None = None,
        on_behalf_of: "ServiceIdentity | None" = None,
    ) -> str:
        """Sign a token for the service `audience`, for the user of `context`.

        `on_behalf_of` is what an incoming token said: its user and the chain of services go on. With neither
        the service asks for itself.

        Raises:
            ContextClosedError: the request has ended.
            ValueError: both were given, they name two users, or the chain is longer than 8 services.
        """
        now = self._clock()
        claims: dict[str, Any] = {
            "iss": self.service,
            "aud": check_id("audience", audience),
            "jti": fresh_id(),
        }
        claims |= {"iat": now, "nbf": int(now), "exp": int(now) + self._lifetime}
        claims |= self._subject(context, on_behalf_of)
        return self._envelope.seal(claims, self._kid, self._key.key)

    def _subject(
        self, context: UserExecutionContext | None, incoming: "ServiceIdentity | None"
    ) -> dict[str, Any]:
        if context is not None:
            context.require_open()
            if incoming is not None and incoming.user_id != context.user_id:
                raise ValueError("the context and the incoming token belong to two users")
        user_id = context.user_id if context is not None else incoming.user_id if incoming else None
        if user_id is None:
            return {"sub": self.service}
        actors = (self.service, *(incoming.actors if incoming else ()))
        if len(actors) > MAX_ACTORS:
            raise ValueError(f"more than {MAX_ACTORS} services act for one another")
        act: dict[str, Any] = {}
        for actor in reversed(actors):
            act = {"sub": actor} | ({"act": act} if act else {})
        return {"sub": user_id, "act": act}
