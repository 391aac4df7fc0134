"""Which connection belongs to whom. Only bookkeeping: nothing is sent or closed here."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, final

from cellwall.runtime.errors import ConnectionRefusedForOwnerError
from cellwall.runtime.websocket.connection import QueuedConnection
from cellwall.runtime.websocket.recording import RecordingConnection

AnyConnection = QueuedConnection | RecordingConnection

NOBODY: Final[tuple[AnyConnection, ...]] = ()


@final
class ConnectionRegistry:
    """Connections by owner, in order of registration.

    A stand-in is the recording that a request got because its client is not here; it takes no id from
    anybody: a real connection of the same id, of whomever, is registered all the same.
    """

    def __init__(self) -> None:
        self._by_user: dict[str, dict[str, AnyConnection]] = {}
        self._tuples: dict[str, tuple[AnyConnection, ...]] = {}  # what a send iterates over, made once
        self._owner_of: dict[str, str] = {}
        self._stand_ins: Counter[tuple[str, str]] = Counter()  # by user and id: requests that use it

    def __iter__(self) -> Iterator[AnyConnection]:
        for connections in tuple(self._tuples.values()):
            yield from connections

    def __len__(self) -> int:
        return sum(map(len, self._by_user.values()))

    def of_user(self, user_id: str) -> tuple[AnyConnection, ...]:
        """Give the connections of one user."""
        return self._tuples.get(user_id, NOBODY)

    def get(self, user_id: str, connection_id: str) -> AnyConnection | None:
        """Give a connection of this very user."""
        connections = self._by_user.get(user_id)
        return None if connections is None else connections.get(connection_id)

    def require_not_foreign(self, user_id: str, connection_id: str) -> None:
        """Do nothing unless the id is taken by another user.

        Raises:
            ConnectionRefusedForOwnerError: it is.
        """
        if self._owner_of.get(connection_id, user_id) != user_id:
            raise ConnectionRefusedForOwnerError(f"connection {connection_id!r} belongs to another user")

    def require_free(self, connection_id: str) -> None:
        """Do nothing unless the id is taken.

        Raises:
            ConnectionRefusedForOwnerError: it is, by whomever.
        """
        if connection_id in self._owner_of:
            raise ConnectionRefusedForOwnerError(f"connection {connection_id!r} exists already")

    def add(self, connection: AnyConnection) -> None:
        """Add a connection whose id is free; it takes the place of its owner's stand-in."""
        self._stand_ins.pop((connection.user_id, connection.connection_id), None)
        self._owner_of[connection.connection_id] = connection.user_id
        self._put(connection)

    def hold_stand_in(self, connection: RecordingConnection) -> None:
        """Add a stand-in, or use the one that this user has under this id."""
        key = (connection.user_id, connection.connection_id)
        if not self._stand_ins[key]:
            self._put(connection)
        self._stand_ins[key] += 1

    def release_stand_in(self, user_id: str, connection_id: str) -> AnyConnection | None:
        """End one use; give the stand-in back when it was the last one."""
        key = (user_id, connection_id)
        if key not in self._stand_ins:
            return None  # a real connection has come in its place
        self._stand_ins[key] -= 1
        return None if self._stand_ins[key] else self.remove(user_id, connection_id)

    def has_real(self, user_id: str, connection_id: str | None) -> bool:
        """Whether this user has a connection, of this id or (None) of any, that is no stand-in."""
        names = self._by_user.get(user_id, {}) if connection_id is None else (connection_id,)
        return any(
            name in self._by_user.get(user_id, ()) and not self.is_stand_in(user_id, name) for name in names
        )

    def is_stand_in(self, user_id: str, connection_id: str) -> bool:
        """Whether this is a stand-in."""
        return (user_id, connection_id) in self._stand_ins

    def remove(self, user_id: str, connection_id: str) -> AnyConnection | None:
        """Forget a connection of this very user and give it; None when there is none."""
        connection = self.get(user_id, connection_id)
        if connection is None:
            return None
        if self._stand_ins.pop((user_id, connection_id), None) is None:
            del self._owner_of[connection_id]
        del self._by_user[user_id][connection_id]
        self._refresh(user_id)
        return connection

    def _put(self, connection: AnyConnection) -> None:
        self._by_user.setdefault(connection.user_id, {})[connection.connection_id] = connection
        self._refresh(connection.user_id)

    def _refresh(self, user_id: str) -> None:
        connections = self._by_user[user_id]
        if connections:
            self._tuples[user_id] = tuple(connections.values())
        else:
            del self._by_user[user_id], self._tuples[user_id]
