"""Import lines are grouped and merged as import sorters do."""

from cellwall.migrate.new_tests.imports import ordered


def test_groups_are_the_standard_library_then_libraries_then_the_targets_own() -> None:
    lines = {
        "from shop.carts import open_cart",
        "import pytest",
        "from sqlalchemy import select",
        "import gc",
        "from types import ModuleType",
        "import asyncio",
        "import shop.tokens",
    }
    assert ordered(lines) == [
        "import asyncio\nimport gc\nfrom types import ModuleType",
        "import pytest\nfrom sqlalchemy import select",
        "import shop.tokens\nfrom shop.carts import open_cart",
    ]


def test_one_module_has_one_line() -> None:
    lines = [
        "from shop import make",
        "from shop import LIMIT, Cart",
        "from shop import Cart",
        "from shop import a as b",
    ]
    assert ordered(lines) == ["from shop import LIMIT, Cart, a as b, make"]


def test_a_long_line_is_broken() -> None:
    names = [f"name_{number}_{'x' * 20}" for number in range(5)]
    assert ordered([f"from shop import {', '.join(names)}"]) == [
        "from shop import (\n" + "".join(f"    {name},\n" for name in names) + ")"
    ]


def test_nothing_gives_nothing() -> None:
    assert ordered([]) == []
