"""Context variables and thread-locals that hold a user's values after the user has gone."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final, final

from cellwall.canary.place import is_project_file
from cellwall.canary.text_of import text_of
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.trial import Trial

_OWN: Final = "cellwall_"
_LIMIT: Final = 200  # objects of one value


@final
class LeftBehindProbe:
    """A note, no failure: servers give each request a context of its own; code without one is found by the
    test itself, which the second user runs on the very task of the first."""

    name = "left behind"

    async def run(self, trial: Trial) -> list[Finding]:
        """Judge what was there after the first user, and not before."""
        found = []
        for place, text in trial.left.get(trial.first, {}).items():
            if trial.first in trial.book.owners_in(text):
                said = f"still holds {trial.first}'s values when the next request of the task begins"
                found.append(Finding(self.name, False, trial.first, trial.second, place, said))
        return found


def held_now(modules: Mapping[str, Any]) -> dict[str, tuple[object, str]]:
    """Give value and text of context variables and of thread-locals of the project, by place."""
    found = {
        f"context variable {variable.name}": (value, _text(value))
        for variable, value in contextvars.copy_context().items()
        if not variable.name.startswith(_OWN)
    }
    for module, name, local in _thread_locals(modules):
        for key, value in vars(local).items():
            found[f"thread-local {module}.{name}.{key}"] = value, _text(value)
    return found


def newly_held(
    before: Mapping[str, tuple[object, str]], after: Mapping[str, tuple[object, str]]
) -> dict[str, str]:
    """Give place and text of what is held now and was not before, or was another object or text."""
    return {
        place: text
        for place, (value, text) in after.items()
        if place not in before or before[place][0] is not value or before[place][1] != text
    }


def _thread_locals(modules: Mapping[str, Any]) -> Iterator[tuple[str, str, threading.local]]:
    for module_name, module in list(modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and is_project_file(file):
            for name, value in list(vars(module).items()):
                if isinstance(value, threading.local):
                    yield module_name, name, value


def _text(value: object) -> str:
    text = text_of(value, limit=_LIMIT)
    return text if isinstance(text, str) else text.decode(errors="replace")
