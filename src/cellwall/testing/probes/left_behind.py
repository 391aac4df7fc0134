"""What holds a user's values where everybody can reach it after the user has gone: context variables,
thread-locals, module globals, class attributes."""

from __future__ import annotations

import contextvars
import threading
import types
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, final

from cellwall.canary import CanaryBook
from cellwall.canary.place import is_project_file
from cellwall.canary.text_of import text_of
from cellwall.sharing import held_by_globals
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.trial import Trial

_LIMIT: Final = 200  # objects of one value of a thread-local
_LIMIT_OF_GLOBALS: Final = 2_000  # of one global
_LINES: Final = 3


@final
class LeftBehindProbe:
    """A note, no failure: servers give each request a context of its own, and a store that all users share
    may be a global. Code without the one, or with a global that is no store, is found by the test itself,
    which the second user runs on the very task of the first."""

    name = "left behind"

    async def run(self, trial: Trial) -> list[Finding]:
        """Tell what was held after the first user, and not before."""
        said = f"still holds {trial.first}'s values when the next request of the task begins"
        return [
            Finding(self.name, False, trial.first, trial.second, place, f"{said}{_written(lines)}")
            for place, lines in trial.left.get(trial.first, {}).items()
        ]


Held = dict[str, tuple[str, ...]]
Variables = Mapping[contextvars.ContextVar[Any], object]


def held_of(
    owner: str, book: CanaryBook, modules: Collection[types.ModuleType], before: Variables | None = None
) -> Held:
    """Give each place that holds values of `owner` now, with the lines that can have written it.

    The values of a run are in no place before it, so one look is enough; but what context variables held
    `before`, set by fixtures that are still to be torn down, is not told.
    """
    changes = _with_what_changed(before or {}).run(
        held_by_globals, modules, owners_in=book.owners_in, limit=_LIMIT_OF_GLOBALS
    )
    found = {str(change.place): change.lines for change in changes if owner in change.holds}
    for module, name, local in _thread_locals(modules):
        for key, value in vars(local).items():
            if owner in book.owners_in(text_of(value, limit=_LIMIT)):
                found[f"thread-local {module}.{name}.{key}"] = ()
    return found


def variables_now() -> Variables:
    """Give what the context variables hold."""
    return dict(contextvars.copy_context().items())


def _with_what_changed(before: Variables) -> contextvars.Context:
    context = contextvars.Context()
    for variable, value in contextvars.copy_context().items():
        if variable not in before or before[variable] is not value:
            context.run(variable.set, value)
    return context


def project_modules(modules: Iterable[object]) -> list[types.ModuleType]:
    """Give those that are the project's own."""
    return [
        module
        for module in list(modules)
        if isinstance(module, types.ModuleType)
        and isinstance(file := getattr(module, "__file__", None), str)
        and is_project_file(file)
    ]


def _thread_locals(modules: Iterable[types.ModuleType]) -> Iterator[tuple[str, str, threading.local]]:
    for module in modules:
        for name, value in list(vars(module).items()):
            if isinstance(value, threading.local):
                yield module.__name__, name, value


def _written(lines: tuple[str, ...]) -> str:
    return f"; written at {', '.join(lines[:_LINES])}" if lines else ""
