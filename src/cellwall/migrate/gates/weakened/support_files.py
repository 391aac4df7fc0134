"""What a patch may not do to files besides the tests' own code: configuration, data, names that shadow."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from cellwall.migrate.batch import FileChange
from cellwall.migrate.gates.weakened.additions import reaching
from cellwall.migrate.gates.weakened.facts import Kind, ModuleFacts
from cellwall.migrate.gates.weakened.weakening import Weakening
from cellwall.migrate.languages import is_script
from cellwall.project.pytest_config import NAMES

_RUNNER: Final = tuple(
    re.compile(word)
    for word in (
        rb"cellwall[_-]outcomes?", rb"CELLWALL_", rb"/proc/self", rb"/dev/fd", rb"\bpluginmanager\b",
        rb"\bos\s*\.\s*(p?writev?|fdopen|dup2?|_exit|abort|kill|fork)\b", rb"\b_getframe\b",
        rb"\bget_objects\b",
        rb"\bctypes\b", rb"\bsettrace\b",
    )
)  # fmt: skip
_ON_IMPORT: Final = frozenset({
    "patch", "monkeypatch", "MonkeyPatch", "setattr", "delattr", "exec", "eval", "globals", "vars",
    "builtins",
    "exit", "_exit", "kill", "gc", "settrace", "setprofile", "pytest_plugins", "collect_ignore",
    "collect_ignore_glob",
})  # fmt: skip
CONFIGURATION: Final = frozenset((*NAMES, ".coveragerc", "noxfile.py"))
_SHADOWED: Final = frozenset(sys.stdlib_module_names) | {
    "pytest", "_pytest", "pluggy", "iniconfig", "mock", "pytest_asyncio", "anyio", "hypothesis",
    "sitecustomize", "usercustomize",
}  # fmt: skip


def of_file(change: FileChange) -> Iterator[Weakening]:
    """Give what is wrong with a change as a file, whatever stands in it."""
    path = PurePosixPath(change.path)
    if path.name in CONFIGURATION:
        yield Weakening(change.path, 1, "", "the test runner's configuration is changed")
    elif change.after is None:
        yield Weakening(change.path, 1, "", "a file is deleted")
    elif is_script(change.path):
        return  # compared as what it is
    elif path.suffix != ".py":
        if change.before is not None:
            yield Weakening(change.path, 1, "", "a data file that tests may compare with is changed")
        elif path.suffix in (".pth", ".so", ".pyc", ".pyd", ".egg-link"):
            yield Weakening(change.path, 1, "", "a file is added that changes how Python starts")
    elif change.before is None:
        name = module_name(change.path)
        if name in _SHADOWED:
            yield Weakening(change.path, 1, "", f"the new file hides the module {name!r}")


def of_runner(change: FileChange) -> Iterator[Weakening]:
    """Object to new code that speaks of the runner's record, or writes to what it did not open."""
    for pattern in _RUNNER:
        before, after = (len(pattern.findall(source or b"")) for source in (change.before, change.after))
        if after > before and change.after is not None:
            found = pattern.search(change.after)
            line = change.after.count(b"\n", 0, found.start()) + 1 if found else 1
            word = found.group().decode("utf-8", "replace") if found else ""
            yield Weakening(change.path, line, "", "new code reaches the test runner", "", word)


def module_name(path: str) -> str:
    """Give the top-level name under which a file can be imported from its own folder (or the one above)."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.name == "__init__.py" else pure.stem


def of_new_module(facts: ModuleFacts) -> Iterator[Weakening]:
    """Give what is wrong with a new module: it may hold tests, not change the world when it is imported."""
    for line in facts.module.lines:
        for what in reaching(line.form.node, _ON_IMPORT):
            yield Weakening(facts.path, line.line, "", f"on import, {what}", "", line.source)
            break
        if any(not name.isidentifier() for name, _ in line.binds) or isinstance(line.form.node, ast.Delete):
            yield Weakening(facts.path, line.line, "", "on import, an object is changed", "", line.source)
    for unit in (unit for units in facts.units.values() for unit in units):
        if unit.kind is Kind.FIXTURE and any(
            "autouse" in one and "session" in one for one in unit.decorators
        ):
            yield Weakening(
                facts.path, unit.line, unit.id, "a fixture is added that every test gets", "", unit.name
            )
