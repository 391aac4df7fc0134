"""The values that only one simulated user may see, and the watch that sees where they surface in a run."""

import hashlib
from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, final

from cellwall.canary import CanaryBook, Sighting, UnfitValueError, Watch, active_watch
from cellwall.canary.canary import PREFIX
from cellwall.canary.watch import NEVER_SEEN
from cellwall.testing.many_users.result import BODY, Failure, RunResult

_IDS: Final = ("user_id", "session_id", "request_id", "websocket_connection_id")
_SHOWN: Final = 5


@final
class SeenByOthersError(AssertionError):
    """A value of one user surfaced where another user's work went on; the words say where."""

    __module__ = "builtins"  # for a short name in the summary


_of_items: Final[list[Watch]] = []  # the watch of the running item; its sinks stay from run to run


@contextmanager
def watching_item() -> Iterator[None]:
    """Install the sinks once for all runs of an item; nothing where a test has a watch of its own."""
    if active_watch() is not None:
        yield
        return
    with Watch(CanaryBook()) as watch:
        _of_items.append(watch)
        try:
            yield
        finally:
            _of_items.remove(watch)


@final
class OwnValues:
    """The book and the watch of one run; no two runs of a session have the same salt, or values."""

    def __init__(self, salt: str) -> None:
        seed = int.from_bytes(hashlib.blake2b(salt.encode(), digest_size=6).digest())
        self.book: CanaryBook = CanaryBook(seed)
        self._owners: dict[object, str] = {}  # user id to user
        self._watch: Watch | None = None

    def ids_for(self, user: str) -> dict[str, str]:
        """Give the ids for the user's context; each holds a canary."""
        value = self.book.issue_value
        return {
            "user_id": f"test-user-{value(user, 'user')}",
            "session_id": f"session-{value(user, 'session')}",
            "request_id": f"request-{value(user, 'request')}",
        }

    def claim(self, user: str, context: object) -> str | None:
        """Note that the context's ids are this user's; give who has the same user id already."""
        ids = [getattr(context, name, None) for name in _IDS]
        if isinstance(ids[0], Hashable) and ids[0] is not None:
            twin = self._owners.setdefault(ids[0], user)
            if twin != user:
                return twin
        for value in ids:
            if isinstance(value, str) and PREFIX not in value:  # what holds a canary needs no claim
                self.claim_value(user, value)
        return None

    def claim_value(self, user: str, value: str) -> None:
        """Note that the value is only this user's; one that others may have by chance is left out."""
        try:
            self.book.claim(user, value)
        except UnfitValueError:
            return

    @contextmanager
    def watched(self, result: RunResult) -> Iterator[None]:
        """Watch the sinks for the block; what was seen goes into the result."""
        with ExitStack() as stack:
            watch = active_watch()
            if watch is None:
                self._watch = stack.enter_context(Watch(self.book))
            elif watch in _of_items:
                watch.restart(self.book)
                self._watch = watch
            yield
        result.book = self.book
        result.declared = [str(each) for each in self.book.declared]
        if self._watch is not None:
            result.sightings = [str(each) for each in self._watch.sightings]
            result.unseen = [each for each in self._watch.unseen if each not in NEVER_SEEN]
            self._judge(result, self._watch.sightings)

    def _judge(self, result: RunResult, sightings: list[Sighting]) -> None:
        if sightings and not result.failures:
            viewer = sightings[0].viewer or ""
            shown = "\n".join(str(each) for each in sightings[:_SHOWN])
            more = len(sightings) - _SHOWN
            error = SeenByOthersError(shown + (f"\nand {more} more" if more > 0 else ""))
            result.failures.append(Failure(viewer, BODY, error))
