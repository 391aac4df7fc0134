"""`import cellwall` is light, and its names are complete and real."""

import ast
import inspect
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import cellwall


def test_every_name_is_there() -> None:
    assert sorted(cellwall.__all__) == list(cellwall.__all__)
    for name in cellwall.__all__:
        assert getattr(cellwall, name) is not None
    assert set(cellwall.__all__) <= set(dir(cellwall))


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(cellwall.__file__).read_text())
    typed = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cellwall.")
        for alias in node.names
    }
    assert set(typed) == set(cellwall.__all__)
    for name, module in typed.items():
        assert f"cellwall.runtime.{cellwall._HOME_OF[name]}" == module


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = cellwall.nonsense


def test_public_names_say_what_they_are() -> None:
    for name in cellwall.__all__:
        value = getattr(cellwall, name)
        if inspect.isclass(value) or inspect.isroutine(value):
            assert inspect.getdoc(value), name


def test_the_import_is_light() -> None:
    code = "import sys, cellwall; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(printed.stdout.split())
    installed = {name for name in packages_distributions() if not name.startswith("_")}
    assert {name.partition(".")[0] for name in loaded} & installed <= {"cellwall"}
    assert not any(name.startswith("cellwall.") for name in loaded)
    assert not {"asyncio", "typing", "inspect"} & loaded  # each would cost more than all the rest
