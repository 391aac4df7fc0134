"""The proof that two objects share nothing that can change: walks what each holds, and compares."""

from collections import deque
from collections.abc import Collection
from typing import Final, final

from cellwall.runtime.errors import SharedStateError
from cellwall.runtime.isolation.edges import edges_of
from cellwall.runtime.isolation.shareable import is_closed, may_be_shared

NODE_LIMIT: Final = 200_000
_NAMED: Final = 5


def prove_isolated(
    first: object,
    second: object,
    *,
    name: str = "instance",
    may_share: Collection[type] = (),
    node_limit: int = NODE_LIMIT,
) -> None:
    """Prove that two instances made for two requests share no object that can change.

    Looks through attributes, slots, containers, closures, defaults of parameters, bound methods, weak
    references, and the attributes of their classes. Does not look at the globals of modules (`cellwall
    check` does), into classes and functions of installed packages other than the instance's own, nor
    into what `isolation/shareable.py` lists with a reason: data that cannot change, loggers, locks, event
    loops, what is made to be shared. `may_share` names types of your own that are made for all.

    Raises:
        SharedStateError: they do share; the text has the path, such as `agent.memory[2].cache`. Also when
            there are more than `node_limit` objects to look at: then nothing is proved.

    Example:
        >>> prove_isolated([1], [1])
    """
    allowed = tuple(may_share)
    own = type(first).__module__.partition(".")[0]
    of_first = _Walk(name, own, allowed, node_limit).reach(first, {})
    walk = _Walk(name, own, allowed, node_limit)
    walk.reach(second, of_first)
    if walk.shared:
        named = "; ".join(f"{path} ({kind})" for path, kind in walk.shared[:_NAMED])
        more = f"; and {len(walk.shared) - _NAMED} more" if len(walk.shared) > _NAMED else ""
        raise SharedStateError(
            f"two instances share what can change: {named}{more}. Make it in each instance, for its context"
        )


@final
class _Walk:
    """One breadth-first walk: paths are short. It keeps what it saw alive, so that ids stay unique."""

    def __init__(self, name: str, own: str, allowed: tuple[type, ...], limit: int) -> None:
        self.shared: list[tuple[str, str]] = []
        self._name = name
        self._own = own
        self._allowed = allowed
        self._limit = limit

    def reach(self, start: object, others: dict[int, object]) -> dict[int, object]:
        """Give everything that can be reached, by id; note what is among `others` and can change."""
        seen: dict[int, object] = {}
        ahead: deque[tuple[str, object]] = deque([(self._name, start)])
        while ahead:
            path, value = ahead.popleft()
            if id(value) in seen or is_closed(value) or issubclass(type(value), self._allowed):
                continue
            seen[id(value)] = value
            if len(seen) > self._limit:
                raise SharedStateError(f"not proved: {self._name} reaches over {self._limit} objects")
            if id(value) in others and not may_be_shared(value):
                self.shared.append((path, type(value).__name__))
                continue
            ahead.extend((path + label, held) for label, held in edges_of(value, self._own))
        return seen
