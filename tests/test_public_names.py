"""`import cellwall` is light, and its names are complete and real."""

import ast
import inspect
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import cellwall
from cellwall.runtime.extras import EXTRAS


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


@pytest.mark.parametrize(
    ("name", "library", "extra"),
    [
        ("GuardedEngine", "sqlalchemy", "db"),
        ("PostgresAnalyticsStore", "asyncpg", "postgres"),
        ("RedisBroker", "redis", "redis"),
        ("RedisRateLimiter", "redis", "redis"),
        ("TokenIssuer", "joserfc", "auth"),
        ("create_http_client", "httpx", "http"),
    ],
)
def test_a_name_whose_library_is_missing_says_what_to_install(name: str, library: str, extra: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None; from cellwall import {name}"
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: {name} needs {library}, which is not installed here: "
        f"pip install 'cellwall[{extra}]'"
    )


def test_every_library_of_the_building_blocks_is_of_an_extra_that_brings_it() -> None:
    with (Path(__file__).parents[1] / "pyproject.toml").open("rb") as file:
        brought = tomllib.load(file)["project"]["optional-dependencies"]
    for library, extra in EXTRAS.items():
        assert any(requirement.startswith(library) for requirement in brought[extra])


def test_a_module_that_is_missing_for_another_reason_stays_what_it_is() -> None:
    code = "import sys; sys.modules['cellwall.runtime.identity'] = None; from cellwall import activate"
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.splitlines()[-1].startswith("ModuleNotFoundError: import of cellwall.runtime.identity")


def test_every_command_starts_without_any_extra() -> None:
    modules = sorted(path.stem for path in (Path(cellwall.__file__).parent / "cli").glob("*.py"))
    code = f"import sys; sys.modules.update(dict.fromkeys({[*EXTRAS, 'websockets', 'pytest', 'fastapi']}))\n"
    code += "\n".join(f"import cellwall.cli.{name}" for name in modules if name != "__init__")
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
