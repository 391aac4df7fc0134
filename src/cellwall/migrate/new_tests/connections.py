"""Spells the connection pool of the target. A pool whose members nobody configured is not guessed at."""

from typing import final

from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError


@final
class Connections:
    """What a test does with a pool that it named `pool`.

    Raises:
        UnspellableError: the role says nothing of the members that the pool has.
    """

    def __init__(self, say: Spelling) -> None:
        if not say.tells("pool"):
            raise UnspellableError(
                "the role 'pool' does not say which members it has, and which are coroutines"
            )
        self._say = say
        self.pool: str = say.role("pool")
        self.name: str = say.name_of("pool")

    def register(self, user: str, connection: str) -> str:
        """Give a call that registers a connection of a user and gives it."""
        return self._say.call("pool", "pool", "register_connection", f"{user}, {connection}")

    def send(self, user: str, event: str) -> str:
        """Give a call that sends an event to a user."""
        return self._say.call("pool", "pool", "send_to_user", f"{user}, {event}")

    def disconnect(self, user: str, connection: str) -> str:
        """Give a call that closes a connection of a user."""
        return self._say.call("pool", "pool", "disconnect", f"{user}, {connection}")

    def emit(self, context: str, name: str, data: str) -> str:
        """Give a call by which a request's emitter sends an event."""
        emitter = self._say.call("pool", "pool", "create_emitter", context)
        made = f"({emitter})" if emitter.startswith("await ") else emitter
        return self._say.call("pool", made, "emit_event", f"{name}, {data}", own=False)
