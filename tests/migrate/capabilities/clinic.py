"""The fixture `plain_clinic`, healthy or sabotaged: runs what a capability writes for it, in this process."""

import asyncio
import importlib
import inspect
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cellwall.migrate.capabilities.registry import capability_named
from cellwall.migrate.new_tests.writing import module_for
from cellwall.project.config import load_project

CLINIC = Path(__file__).parents[2] / "fixtures" / "plain_clinic"

# Ways to break the clinic's walls: file, what stands there, what stands there instead.
SABOTAGES = {
    "one nurse for everybody": (
        "agents.py",
        'return {"nurse": Nurse}[name](visit)',
        "return _hired.setdefault(name, Nurse(visit))",
    ),
    "nurses share their memory": ("agents.py", "visit, []", "visit, _asked"),
    "one chart on all desks": ("tools.py", "Chart()}", "_chart}"),
    "events go to everybody": ("sockets.py", "if owner == user_id:", "if owner:"),
    "a disconnect does nothing": ("sockets.py", "self._lines.pop((user_id, connection_id), None)", "pass"),
    "a disconnect does not ask whose connection it is": (
        "sockets.py",
        "self._lines.pop((user_id, connection_id), None)",
        "self._lines = {key: line for key, line in self._lines.items() if key[1] != connection_id}",
    ),
    "one database for everybody": ("database.py", "_engine(visit.user_id)", '_engine("all")'),
    "one session for everybody": (
        "database.py",
        "session = Session(_engine(visit.user_id))",
        'session = _sessions.setdefault("", Session(_engine(visit.user_id)))',
    ),
    "sessions are left open": ("database.py", "session.close()", "pass"),
}
SHARED = {
    "agents.py": "\n_asked, _hired = [], {}\n",
    "tools.py": "\n_chart = Chart()\n",
    "database.py": "\n_sessions = {}\n",
}


def text_of(capability: str) -> str:
    """Give the module that the capability writes for the clinic."""
    path = f"tests/test_{capability.replace('-', '_')}.py"
    return module_for(capability_named(capability), load_project(CLINIC), path).decode()


def break_on_purpose(folder: Path, sabotage: tuple[str, str, str], shared: Mapping[str, str]) -> None:
    """Do a sabotage to a copy of the clinic: file, what stands there once, what stands there instead."""
    file, old, new = sabotage
    path = folder / "clinic" / file
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new) + {**SHARED, **shared}.get(file, ""))


def failed(capability: str, folder: Path, sabotage: str = "") -> dict[str, str]:
    """Run the module's tests over a copy of the clinic; give test -> what it failed by, "" for none."""
    shutil.copytree(CLINIC, folder)
    if sabotage:
        break_on_purpose(folder, SABOTAGES[sabotage], {})
    with _importable(folder):
        scope: dict[str, Any] = {}
        exec(compile(text_of(capability), capability, "exec"), scope)
        tests = {name: value for name, value in scope.items() if name.startswith("test")}
        found = {name: _failure(test) for name, test in tests.items()}
        importlib.import_module("clinic.database").close_all()
    return found


def _failure(test: Any) -> str:
    try:
        if inspect.iscoroutinefunction(test):
            asyncio.run(test())
        else:
            test()
    except AssertionError as error:
        return f"AssertionError: {error}"
    return ""


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "clinic"]:
            del sys.modules[name]
