"""How much was done for one answer: code that is made to be hard gets none. Not about time."""

from types import TracebackType
from typing import Final, Self, final

_STEPS: Final = 20_000
_DEEPEST: Final = 100


@final
class Effort:
    """Counts steps and how deep they are in one another; entered for each step."""

    def __init__(self) -> None:
        """Start with nothing done."""
        self._steps = 0
        self._depth = 0
        self.too_much: bool = False

    def __enter__(self) -> Self:
        """Begin one step, inside those that are open."""
        self._steps += 1
        self._depth += 1
        self.too_much = self.too_much or self._steps > _STEPS or self._depth > _DEEPEST
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._depth -= 1
