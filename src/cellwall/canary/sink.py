"""What a sink is: a place where another user's value may surface; and a fake one for tests of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, final, runtime_checkable

from cellwall.canary.sighting import Reach

if TYPE_CHECKING:
    from cellwall.canary.watch import Watch

Uninstall = Callable[[], None]


@runtime_checkable
class Sink(Protocol):
    """Watches one kind of output.

    `install` begins to hand what passes to `watch.observe` and gives the function that ends it and leaves
    no trace. `library` names the module that must be loaded for the sink to apply, "" for none;
    importing it is not a sink's business.
    """

    name: str
    library: str

    def install(self, watch: Watch) -> Uninstall:
        """Begin; gives the function that ends it."""
        ...


@final
class FakeSink:
    """A sink whose data the test hands in.

    Example:
        >>> from cellwall.canary import CanaryBook, Watch, viewing
        >>> book, sink = CanaryBook(), FakeSink()
        >>> with Watch(book, [sink]) as watch, viewing("bob"):
        ...     sink.show(f"hello {book.issue('alice').value}", "greeting")
        >>> [(one.owner, one.viewer, one.where) for one in watch.sightings]
        [('alice', 'bob', 'greeting')]
    """

    library = ""

    def __init__(self, name: str = "fake", reach: Reach = Reach.SHOWN) -> None:
        self.name = name
        self.reach = reach
        self._watch: Watch | None = None

    def install(self, watch: Watch) -> Uninstall:
        """Begin to hand on what `show` is given."""
        self._watch = watch
        return self._stop

    def show(self, data: object, where: str = "") -> None:
        """Let data pass, as long as it is installed."""
        if self._watch is not None:
            self._watch.observe(self.name, data, where, reach=self.reach)

    def _stop(self) -> None:
        self._watch = None
