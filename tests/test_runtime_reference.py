"""The reference in docs/runtime is whole: every public name, error and logger, and nothing else."""

import ast
import inspect
import logging
import re
from pathlib import Path

import pytest

import cellwall
from cellwall.runtime import errors

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs/runtime"
ERRORS = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind) and name != "Sequence"}


def rows(page: str, heading: str) -> list[list[str]]:
    """Give the cells of all tables of a page whose first heading is this."""
    found = []
    for table in (PAGES / page).read_text().split(f"\n| {heading} |")[1:]:
        for line in table.splitlines()[2:]:
            if not line.startswith("|"):
                break
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def named(page: str, heading: str) -> list[str]:
    """Give the names in the first column, in the order of the page."""
    return [name for row in rows(page, heading) for name in re.findall(r"`([\w.]+)`", row[0])]


def test_the_page_of_names_has_every_public_name_once() -> None:
    assert sorted(named("names.md", "name")) == sorted(cellwall.__all__)


def test_every_row_says_something() -> None:
    told = [*rows("names.md", "name"), *rows("errors.md", "error"), *rows("errors.md", "logger")]
    assert [row[0] for row in told if len(row) != 2 or len(row[1].split()) < 3] == []


@pytest.mark.parametrize("name", cellwall.__all__)
def test_a_public_name_has_a_docstring_of_its_own(name: str) -> None:
    value = getattr(cellwall, name)
    described = value if inspect.isclass(value) or inspect.isroutine(value) else type(value)
    text = (described.__doc__ or "").strip()
    assert len(text.split()) > 3
    assert not text.startswith(f"{name}("), "this is what dataclasses write by themselves"
    assert text.split("\n\n")[0].rstrip().endswith((".", ":"))


def test_the_tree_of_errors_has_every_error() -> None:
    assert sorted(drawn()) == sorted(ERRORS)
    assert all(issubclass(kind, errors.IsolationError) for kind in ERRORS.values())


def test_the_page_of_errors_has_every_error_in_the_order_of_the_tree() -> None:
    assert named("errors.md", "error") == drawn()


def drawn() -> list[str]:
    """Give the names of the tree in the module's docstring."""
    return re.findall(r"^[│├└─ ]*(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)


def test_the_page_of_errors_has_every_logger() -> None:
    documented = set(named("errors.md", "logger"))
    used = {name for path in (ROOT / "src/cellwall/runtime").rglob("*.py") for name in _loggers(path)}
    assert {name for name in used if not _told(name, documented)} == set()
    assert {name for name in documented if not any(_told(one, {name}) for one in used)} == set()
    assert {"cellwall.system", "cellwall.cleanup"} <= documented


def test_the_map_names_both_loggers_of_work_that_must_not_go_unseen() -> None:
    assert {"cellwall.system", "cellwall.cleanup"} <= set(
        re.findall(r"`([\w.]+)`", (PAGES / "README.md").read_text())
    )
    assert logging.getLogger("cellwall").handlers == []


def _told(logger: str, documented: set[str]) -> bool:
    return any(logger == name or logger.startswith(f"{name}.") for name in documented)


def _loggers(path: Path) -> list[str]:
    module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)]
    asked = [call.args[0] for call in calls if ast.unparse(call.func) == "logging.getLogger"]
    return [str(name.value) if isinstance(name, ast.Constant) else module for name in asked]
