"""The context: one request of one user, frozen. Standard library only, since every request makes one."""

from collections.abc import Callable
from threading import Lock
from typing import Any, Final, NoReturn, TypeVar, final

from cellwall.runtime.errors import ContextClosedError
from cellwall.runtime.identity import check_id, fresh_id
from cellwall.runtime.lifetime import Callback, Lifetime

T = TypeVar("T")

_set: Final = object.__setattr__
_lazy: Final = Lock()  # guards what a context makes on first use; held for one assignment


@final
class UserExecutionContext:
    """One request of one user: who owns whatever it touches, and what it must close at its end.

    Made by `create_for_user`. Two contexts are never equal, not even with the same ids.

    Example:
        >>> context = UserExecutionContext.create_for_user("ada")
        >>> context.user_id
        'ada'
    """

    __slots__ = ("_lifetime", "_request_id", "_session_id", "user_id", "websocket_connection_id")

    user_id: str
    websocket_connection_id: str | None
    _session_id: str | None
    _request_id: str | None
    _lifetime: Lifetime | None

    def __init__(self) -> None:
        raise TypeError("make a context by UserExecutionContext.create_for_user(user_id)")

    @classmethod
    def create_for_user(
        cls,
        user_id: str,
        session_id: str | None = None,
        request_id: str | None = None,
        websocket_connection_id: str | None = None,
    ) -> "UserExecutionContext":
        """Make the context of one request of `user_id`; missing session and request ids are random.

        Raises:
            InvalidIdError: an id is empty, malformed or a placeholder.
        """
        context = object.__new__(cls)
        _set(context, "user_id", check_id("user_id", user_id))
        _set(context, "_session_id", _given("session_id", session_id))
        _set(context, "_request_id", _given("request_id", request_id))
        _set(context, "websocket_connection_id", _given("websocket_connection_id", websocket_connection_id))
        _set(context, "_lifetime", None)
        return context

    @property
    def session_id(self) -> str:
        """The id of the user's session; random when none was given."""
        return self._session_id or self._first("_session_id", fresh_id)

    @property
    def request_id(self) -> str:
        """The id of this request; random when none was given."""
        return self._request_id or self._first("_request_id", fresh_id)

    @property
    def closed(self) -> bool:
        """Whether the request has ended."""
        return self._lifetime is not None and not self._lifetime.open

    def require_open(self) -> None:
        """Do nothing while the request lasts.

        Raises:
            ContextClosedError: the request has ended.
        """
        if self.closed:
            raise ContextClosedError(f"request {self.request_id} has ended; make a new context for new work")

    def on_cleanup(self, callback: Callback) -> Callable[[], None]:
        """Run `callback`, a function or a coroutine function, at the request's end.

        Gives a function that takes the callback back, for what was closed earlier.

        Raises:
            ContextClosedError: the request has ended.
        """
        return self._own_lifetime().add(callback)

    def _own_lifetime(self) -> Lifetime:
        return self._lifetime or self._first("_lifetime", Lifetime)

    def _first(self, slot: str, make: Callable[[], T]) -> T:
        with _lazy:
            if getattr(self, slot) is None:
                _set(self, slot, make())
            return getattr(self, slot)  # type: ignore[no-any-return]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a context is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a context is frozen: {name} cannot be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle the ids alone: the copy is a new request that owns nothing open."""
        ids = (self.user_id, self.session_id, self.request_id, self.websocket_connection_id)
        return (UserExecutionContext.create_for_user, ids)

    def __repr__(self) -> str:
        return f"UserExecutionContext(user_id={self.user_id!r}, request_id={self.request_id!r})"


def _given(kind: str, value: str | None) -> str | None:
    return None if value is None else check_id(kind, value)


async def cleanup_user_context(context: UserExecutionContext) -> None:
    """End the request: close what it opened, last in first out, and refuse later use.

    Idempotent and shielded from cancellation; every callback runs though one fails.

    Raises:
        CleanupError: at least one callback failed; its `errors` say why.
    """
    await context._own_lifetime().close()
