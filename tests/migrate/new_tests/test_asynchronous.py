"""Coroutine tests run in every target, or it is said why not."""

from pathlib import Path

import pytest

from cellwall.migrate.new_tests.asynchronous import async_mark, has_coroutines, marked, without_needless_async
from cellwall.migrate.new_tests.spelling import UnspellableError
from cellwall.project.config import load_project

AWAITS = "async def test_a():\n    await b()\n"
INNER = "async def test_a():\n    async def b():\n        await c()\n\n    b\n"


@pytest.mark.parametrize(
    ("body", "stays"),
    [
        (AWAITS, True),
        ("async def test_a():\n    async with b():\n        pass\n", True),
        ("async def test_a():\n    async for b in c:\n        pass\n", True),
        ("async def test_a():\n    return [b async for b in c]\n", True),
        (INNER, False),
        ("async def test_a():\n    assert 1\n", False),
        ("async def helper():\n    assert 1\n", True),
    ],
)
def test_a_test_that_awaits_nothing_is_a_plain_function(body: str, stays: bool) -> None:
    assert without_needless_async(body) == (body if stays else body.replace("async def test_a", "def test_a"))


def test_marks_stand_above_coroutine_tests_and_their_decorators() -> None:
    body = f"async def help():\n    pass\n\n\n@other\n{AWAITS}\n\ndef test_b():\n    pass\n"
    assert marked(body, "@mark") == body.replace("@other", "@mark\n@other")
    assert has_coroutines(body)
    assert not has_coroutines(without_needless_async("async def test_a():\n    pass\n"))


@pytest.mark.parametrize(
    ("setup", "mark"),
    [
        ('asyncio_mode = "auto"', ""),
        ('asyncio_mode = "strict"', "@pytest.mark.asyncio"),
        ('asyncio_default_fixture_loop_scope = "function"', "@pytest.mark.asyncio"),
        ('addopts = "--asyncio-mode=strict"', "@pytest.mark.asyncio"),
        ('addopts = "-p pytest_asyncio"', "@pytest.mark.asyncio"),
        ('addopts = "-o asyncio_mode=strict"', "@pytest.mark.asyncio"),
    ],
)
def test_the_mark_is_the_one_that_the_targets_pytest_wants(setup: str, mark: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\n{setup}\n")
    assert async_mark(load_project(tmp_path), "tests/test_a.py") == mark


def test_a_folder_with_a_configuration_of_its_own_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nasyncio_mode = "auto"\n')
    for folder, text in {"marks": "[pytest]\nasyncio_mode = strict\n", "none": "[pytest]\n"}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pytest.ini").write_text(text)
    project = load_project(tmp_path)
    assert async_mark(project, "a/test_a.py") == ""
    assert async_mark(project, "marks/b/test_a.py") == "@pytest.mark.asyncio"
    with pytest.raises(UnspellableError, match=r"none/test_a\.py does not run"):
        async_mark(project, "none/test_a.py")


def test_a_target_without_any_setup_is_told_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(UnspellableError, match="asyncio_mode"):
        async_mark(load_project(tmp_path), "tests/test_a.py")
