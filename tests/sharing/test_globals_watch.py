"""Globals, class attributes and context variables that changed are told with the line that writes them."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from cellwall.sharing import GlobalsWatch

SHOP = """\
from contextvars import ContextVar
LIMIT = 10
LAST = None
NAMES = {"x": ["kept"]}
CURRENT = ContextVar("current", default=None)

class Basket:
    owner = None
    kinds = ("a", "b")
    items = []

    def add(self, item):
        self.items.append(item)

def serve(user):
    global LAST
    LAST = user
    NAMES["x"].append(user)
    CURRENT.set(user)
    Basket.owner = user
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Give a module with state of every kind."""
    path = tmp_path / "shop.py"
    path.write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    spec = importlib.util.spec_from_file_location("shop", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "shop", module)
    spec.loader.exec_module(module)
    yield module


def line_of(text: str) -> str:
    return f"shop.py:{[line.strip() for line in SHOP.splitlines()].index(text) + 1}"


def test_every_change_is_told_with_its_line(shop: ModuleType) -> None:
    with GlobalsWatch([shop]) as watch:
        shop.serve("alice")
        shop.Basket().add("bread")
    assert {str(change.place): change.lines for change in watch.changes} == {
        "module global shop.LAST": (line_of("LAST = user"),),
        "module global shop.NAMES": (line_of('NAMES["x"].append(user)'),),
        "class attribute shop.Basket.owner": (line_of("Basket.owner = user"),),
        "class attribute shop.Basket.items": (line_of("self.items.append(item)"),),
        "context variable shop.CURRENT": (line_of("CURRENT.set(user)"),),
    }
    assert "written at shop.py:" in str(watch.changes[0])


def test_what_stays_is_not_told(shop: ModuleType) -> None:
    with GlobalsWatch([shop]) as watch:
        assert shop.Basket().kinds
        shop.NAMES["x"].append("other")
        shop.NAMES["x"].pop()
    assert watch.changes == ()


def test_the_owners_whose_values_came_are_told(shop: ModuleType) -> None:
    def owners(text: str) -> set[str]:
        return {name for name in ("alice", "bob") if name in text}

    shop.NAMES["x"].append("bob")
    with GlobalsWatch([shop], owners_in=owners) as watch:
        shop.serve("alice")
    told = {change.place.name: change.holds for change in watch.changes}
    assert told["NAMES"] == told["LAST"] == told["Basket.owner"] == {"alice"}


def test_a_module_without_source_has_no_lines() -> None:
    module = ModuleType("made")
    with GlobalsWatch([module]) as watch:
        module.LAST = 1  # type: ignore[attr-defined]
    (change,) = watch.changes
    assert change.lines == ()
    assert "a place that the source does not tell" in str(change)
