"""The context: one request of one user, frozen. Standard library only, since every request makes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final, NoReturn, TypeVar, final

from cellwall.runtime.errors import ContextClosedError, InvalidIdError, ResourceExhaustedError
from cellwall.runtime.identity import check_id, fresh_id, known_users
from cellwall.runtime.lifetime import CALLBACK_SECONDS, Callback, Lifetime

T = TypeVar("T")

MAX_DEPTH: Final = 16  # contexts from a request's own to its deepest child

_set: Final = object.__setattr__
_lazy: Final = Lock()  # guards what a context makes on first use; held for one assignment


class _Unfrozen:
    """The fields while they are filled in: plain stores cost a tenth of going around a frozen class."""

    __slots__ = (
        "__weakref__",
        "_ended",
        "_lifetime",
        "_parent",
        "_request_id",
        "_session_id",
        "user_id",
        "websocket_connection_id",
    )

    user_id: str
    websocket_connection_id: str | None
    _session_id: str | None
    _request_id: str | None
    _ended: bool
    _lifetime: Lifetime | None
    _parent: UserExecutionContext | None


@final
class UserExecutionContext(_Unfrozen):
    """One request of one user: who owns whatever it touches, and what it must close at its end.

    Made by `create_for_user`. Two contexts are never equal, not even with the same ids. Frozen against
    mistakes: code of this process that means harm can reach past it (`object.__setattr__`), as it can
    past everything in Python, and belongs into another process.

    Example:
        >>> context = UserExecutionContext.create_for_user("ada")
        >>> context.user_id
        'ada'
    """

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("make a context by UserExecutionContext.create_for_user(user_id)")

    def __init_subclass__(cls, **_: object) -> NoReturn:
        raise TypeError("UserExecutionContext has no subclasses: what they add would not be frozen")

    @staticmethod
    def create_for_user(
        user_id: str,
        session_id: str | None = None,
        request_id: str | None = None,
        websocket_connection_id: str | None = None,
    ) -> UserExecutionContext:
        """Make the context of one request of `user_id`; missing session and request ids are random.

        Raises:
            InvalidIdError: an id is empty, malformed or a placeholder.
        """
        new = _Unfrozen()
        if type(user_id) is str and user_id in known_users:  # what `check_id` would say, without a call
            new.user_id = user_id
        else:
            new.user_id = check_id("user_id", user_id)
        new._session_id = None if session_id is None else check_id("session_id", session_id)
        new._request_id = None if request_id is None else check_id("request_id", request_id)
        new.websocket_connection_id = (
            None
            if websocket_connection_id is None
            else check_id("websocket_connection_id", websocket_connection_id)
        )
        new._lifetime = new._parent = None
        new._ended = False
        new.__class__ = UserExecutionContext
        return new  # type: ignore[return-value]  # the line before made it one

    @staticmethod
    def from_dict(ids: Mapping[str, Any]) -> UserExecutionContext:
        """Make a context from what `to_dict` gave: a new request, with nothing of the old one open.

        Whoever wrote `ids` says who the user is: take them from a place that you trust with that.

        Raises:
            InvalidIdError: an id is missing or bad, or there is something that is no id of a context.
        """
        if not isinstance(ids, Mapping) or not {"user_id"} <= ids.keys() <= _FIELDS:
            raise InvalidIdError(f"a context is made from a mapping of {', '.join(sorted(_FIELDS))}")
        return UserExecutionContext.create_for_user(**ids)

    def to_dict(self) -> dict[str, str | None]:
        """Give the four ids and nothing else; what the request opened stays here."""
        return {
            "user_id": self.user_id,
            "session_id": self.session_id,
            "request_id": self.request_id,
            "websocket_connection_id": self.websocket_connection_id,
        }

    def child(self, request_id: str | None = None) -> UserExecutionContext:
        """Make a context for a part of this request: same user, session and connection, its own clean-up.

        It ends with its parent at the latest.

        Raises:
            ContextClosedError: the request has ended.
            InvalidIdError: the request id is empty, malformed or a placeholder.
            ResourceExhaustedError: this is the child of a child ... for the 15th time.
        """
        if self._depth() >= MAX_DEPTH:
            raise ResourceExhaustedError(f"a context has at most {MAX_DEPTH - 1} generations of children")
        ids = (self.user_id, self.session_id, request_id, self.websocket_connection_id)
        new = UserExecutionContext.create_for_user(*ids)
        _set(new, "_parent", self)
        lifetime = new._own_lifetime()
        lifetime.add(self.on_cleanup(lifetime.close_inside))
        return new

    @property
    def session_id(self) -> str:
        """The id of the user's session; random when none was given."""
        return self._session_id or self._first("_session_id", fresh_id)

    @property
    def request_id(self) -> str:
        """The id of this request; random when none was given."""
        return self._request_id or self._first("_request_id", fresh_id)

    @property
    def parent(self) -> UserExecutionContext | None:
        """The context that this one is a part of; None for a whole request."""
        return self._parent

    @property
    def closed(self) -> bool:
        """Whether the request has ended, or one that it is a part of."""
        lifetime, parent = self._lifetime, self._parent
        if self._ended or (lifetime is not None and not lifetime.open):
            return True
        return parent is not None and parent.closed

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
        if self._parent is not None:
            self.require_open()
        lifetime = self._own_lifetime()
        if self._ended:  # looked at after the lifetime is in its place: see `_end_unopened`
            self.require_open()
        return lifetime.add(callback)

    def _own_lifetime(self) -> Lifetime:
        return self._lifetime or self._first("_lifetime", Lifetime)

    def _first(self, slot: str, make: Callable[[], T]) -> T:
        with _lazy:
            if getattr(self, slot) is None:
                _set(self, slot, make())
            return getattr(self, slot)  # type: ignore[no-any-return]

    def _end_unopened(self) -> bool:
        """End what has opened nothing yet; False when something was opened, which is to be closed.

        Without a lock, as every request ends here (Dekker's way: each says first what it does, and then
        looks at the other). Who opens puts a lifetime into its place and then looks whether this context
        has ended; here it is the other way round. Whichever comes first, one of the two sees the other: the
        callback is refused there, or its lifetime is closed by whom this tells False.
        """
        _set_ended(self, True)
        return self._lifetime is None

    def _depth(self) -> int:
        return 1 if self._parent is None else 1 + self._parent._depth()

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


_set_ended: Final = _Unfrozen.__dict__["_ended"].__set__  # half the time of going by the name
_FIELDS: Final = frozenset({"user_id", "session_id", "request_id", "websocket_connection_id"})


async def cleanup_user_context(
    context: UserExecutionContext, *, time_limit: float | None = CALLBACK_SECONDS
) -> None:
    """End the request: close what it opened, last in first out, and refuse later use.

    Idempotent and shielded from cancellation; every callback runs though one fails. One that is awaited
    for longer than `time_limit` seconds is cancelled and counts as failed.

    Raises:
        CleanupError: at least one callback failed; its `errors` say why.
    """
    if context._lifetime is None and context._end_unopened():
        return
    await context._own_lifetime().close(time_limit)
