"""The fixture `plain_clinic` grown by passes, couriers, a diary, a queue and a web application."""

import asyncio
import importlib
import inspect
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cellwall.migrate.capabilities.registry import capability_named
from cellwall.migrate.new_tests.writing import module_for
from cellwall.project.config import load_project
from tests.migrate.capabilities import clinic

MORE = Path(__file__).parents[2] / "fixtures" / "clinic_services"

# Ways to break the walls: file, what stands there, what stands there instead.
SABOTAGES = {
    name: clinic.SABOTAGES[name]
    for name in (
        "one nurse for everybody",
        "one chart on all desks",
        "events go to everybody",
        "one database for everybody",
    )
} | {
    "one session that nobody closes": (
        "database.py",
        "session = Session(_engine(visit.user_id))\n    try:\n        yield session\n"
        "    finally:\n        session.close()",
        'yield _sessions.setdefault("", Session(_engine(visit.user_id)))',
    ),
    "every pass is the first bearer's": (
        "passes.py",
        'return _opened("patient", token)',
        'return _first.setdefault("", _opened("patient", token))',
    ),
    "every courier works for the first": (
        "passes.py",
        'return _opened("courier", token)',
        'return _first.setdefault("", _opened("courier", token))',
    ),
    "one pass for all": (
        "passes.py",
        'token = _sealed("patient", user_id)',
        'token = _first.setdefault("p", _sealed("patient", user_id))',
    ),
    "one courier for all": (
        "passes.py",
        'return _sealed("courier", user_id)',
        'return _first.setdefault("c", _sealed("courier", user_id))',
    ),
    "seals are not checked": ("passes.py", "seal != _seal(text) or", ""),
    "couriers sign in as patients": ("passes.py", 'or text.partition("/")[0] != kind', ""),
    "the diary is open": ("diary.py", "if line[0] == user_id", ""),
    "the diary mixes owners up": ("diary.py", "(visit.user_id, name)", '("somebody", name)'),
    "one queue for everybody": (
        "queue.py",
        "_asked[user_id] += 1\n    return _asked[user_id]",
        '_asked[""] += 1\n    return _asked[""]',
    ),
    "the web keeps one list": ("web.py", "_findings.setdefault(user, [])", '_findings.setdefault("", [])'),
    "the web asks for no pass": (
        "web.py",
        "return await _answer(send, 401, [])",
        "user = next(iter(_findings))",
    ),
    "one chart on the shelf": (
        "shelf.py",
        '{"chart": Chart}[name]()',
        "_first.setdefault(name, Chart())",
    ),
    "passes last for ever": ("passes.py", 'raise BadPass("too old")', "pass"),
    "visits of anybody": ("visit.py", 'raise ValueError(f"nobody is called {user_id!r}")', "pass"),
}
_SHARED = dict.fromkeys(("passes.py", "shelf.py"), "\n_first = {}\n")


def grown(folder: Path) -> Path:
    """Copy the clinic with its services into a new folder."""
    shutil.copytree(clinic.CLINIC, folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(MORE / "clinic", folder / "clinic", dirs_exist_ok=True)
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text() + (MORE / "more_roles.toml").read_text())
    return folder


def text_of(capability: str, folder: Path) -> str:
    """Give the module that the capability writes for the grown clinic in this folder."""
    path = f"tests/test_{capability.replace('-', '_')}.py"
    return module_for(capability_named(capability), load_project(folder), path).decode()


def failed(capability: str, folder: Path, sabotage: str = "") -> dict[str, str]:
    """Run the module's tests over a grown clinic; give test -> what it failed by, "" for none."""
    grown(folder)
    if sabotage:
        clinic.break_on_purpose(folder, SABOTAGES[sabotage], _SHARED)
    with _importable(folder):
        scope: dict[str, Any] = {}
        exec(compile(text_of(capability, folder), capability, "exec"), scope)
        tests = {name: value for name, value in scope.items() if name.startswith("test")}
        try:
            return {name: _failure(test) for name, test in tests.items()}
        finally:
            importlib.import_module("clinic.database").close_all()


def _failure(test: Any) -> str:
    try:
        if inspect.iscoroutinefunction(test):
            asyncio.run(test())
        else:
            test()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
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
