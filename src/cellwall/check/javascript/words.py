"""The words by which names in scripts tell that something belongs to a user."""

from typing import Final

from cellwall.check.deferred_pattern import deferred

_PARTS: Final = deferred(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_USER: Final = frozenset(
    {"user", "account", "owner", "tenant", "member", "customer", "session", "auth", "identity"}
)
_OF_USER: Final = frozenset({"id", "name", "email", "data", "info", "profile", "context"})
_SECRET: Final = frozenset({"token", "jwt", "credentials", "cookie", "csrf"})
_SETTINGS: Final = frozenset(
    {
        "theme", "lang", "language", "locale", "color", "colour", "mode", "dark", "consent", "debug",
        "version", "sidebar", "feature", "flags", "tour", "onboarding", "config", "timeout", "service",
        "mock", "factory", "count", "limit", "agent", "open",
        "collapsed", "expanded", "width", "height", "size", "view",
        "layout", "tab", "sort", "filter", "hidden", "dismissed", "shown",
    }
)  # fmt: skip


def words(name: str) -> tuple[str, ...]:
    """Give the words of a name in small letters.

    >>> words("currentUserID"), words("auth_token")
    (('current', 'user', 'id'), ('auth', 'token'))
    """
    return tuple(part.lower() for part in _PARTS.findall(name))


def names_user(name: str) -> bool:
    """Tell whether a name is one of a user, or of what only that user has: its last words say so.

    >>> names_user("currentUser"), names_user("userId"), names_user("userMenuButton"), names_user("userAgent")
    (True, True, False, False)
    """
    parts = words(name)
    if not parts or not set(parts).isdisjoint(_SETTINGS):
        return False
    whose = parts[-2] if len(parts) > 1 and parts[-1] in _OF_USER else parts[-1]
    return whose in _USER | _SECRET


def tells_users_apart(text: str) -> bool:
    """Tell whether an expression, a key say, mentions whose it is."""
    return not set(words(text)).isdisjoint(_USER | _SECRET | {"uid", "sub", "email"})


def names_settings(name: str) -> bool:
    """Tell whether a name is about how a page looks or works, for whoever sits there."""
    return not set(words(name)).isdisjoint(_SETTINGS)
