"""Context variables at the begin of a user's work and of each call: left there by who came before."""

from __future__ import annotations

import contextvars
import decimal
from typing import Any, Final, final

from cellwall.canary.asgi_calls import Scope, Show, install_calls, place_of
from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.text_of import text_of
from cellwall.canary.viewer import viewing
from cellwall.canary.watch import Watch

_OWN: Final = "cellwall_"
_PLAIN: Final = frozenset({type(None), bool, int, float, decimal.Context})  # of the last, each thread has one
_LIMIT: Final = 50  # objects of one value: this is done at every call


@final
class ContextVariableSink:
    """A hint, no leak: a server begins each request in a context of its own, and code may never read it."""

    name = "context-variable"
    library = ""
    scope_types: tuple[str, ...] = ("http", "websocket")

    def install(self, watch: Watch) -> Uninstall:
        """Begin to look at both moments."""

        def make(original: Any) -> Any:
            def __enter__(self: viewing) -> viewing:  # noqa: N807
                entered: viewing = original(self)
                look(watch, "when the user's work began", self.owner)
                return entered

            return __enter__

        return undo_all([install_calls(watch, self), wrap(viewing, "__enter__", make)])

    def begin(self, watch: Watch, scope: Scope, viewer: str | None) -> Show | None:
        """Look at what the call finds."""
        look(watch, f"when {place_of(scope)} began", viewer)
        return None

    def failed(self, watch: Watch, scope: Scope, viewer: str | None, error: BaseException) -> None:
        """Leave what was raised to the sink of exceptions."""


def look(watch: Watch, when: str, viewer: str | None) -> None:
    """Search all variables of the current context."""
    for variable, value in contextvars.copy_context().items():
        if type(value) not in _PLAIN and variable.name[:9] != _OWN:
            where = f"{variable.name} {when}"
            text = text_of(value, limit=_LIMIT)
            watch.observe("context-variable", text, where, reach=Reach.NOTED, viewer=viewer)
