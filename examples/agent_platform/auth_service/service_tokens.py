"""Tokens between services: which one speaks, to which, and for which user. Each service has its own key."""

from collections.abc import Iterable

from cellwall import UserExecutionContext
from cellwall.runtime.tokens import ServiceIdentity, ServiceKey, ServiceTokenIssuer, ServiceTokenVerifier, TrustedKey

from auth_service.tokens import BadToken

SERVICES = ("auth_service", "netra_backend", "analytics_service")

_keys = {name: ServiceKey.generate() for name in SERVICES}  # new for each process, like the users' key
_issuers = {name: ServiceTokenIssuer(name, key) for name, key in _keys.items()}
_verifiers = {
    name: ServiceTokenVerifier(name, [key.trusted_as(other) for other, key in _keys.items() if other != name])
    for name in SERVICES
}


def use_keys(service: str, key: ServiceKey, trusted: Iterable[TrustedKey]) -> None:
    """Speak as this one service, and believe the others by their public keys; once, when it starts."""
    _issuers.clear()
    _verifiers.clear()
    _issuers[service] = ServiceTokenIssuer(service, key)
    _verifiers[service] = ServiceTokenVerifier(service, list(trusted))


def service_token(
    user_id: str, *, service: str = "netra_backend", audience: str = "analytics_service"
) -> str:
    """Sign what `service` says to `audience` while it works for this user."""
    context = UserExecutionContext.create_for_user(user_id)
    return _issuers[service].issue(audience, context=context)


def caller(token: str, *, audience: str = "analytics_service") -> ServiceIdentity:
    """Give which service asks `audience`, and for whom.

    Raises:
        BadToken: it is not good, too old, or meant for another service.
    """
    return _verifiers[audience].verify(token)


def service_user(token: str, *, audience: str = "analytics_service") -> str:
    """Give the user for whom a service asks `audience`.

    Raises:
        BadToken: as `caller`, or the service asks for itself.
    """
    user_id = caller(token, audience=audience).user_id
    if user_id is None:
        raise BadToken("this service asks for nobody")
    return user_id


def for_itself(service: str, audience: str) -> str:
    """Sign what `service` says to `audience` for no user."""
    return _issuers[service].issue(audience)
