"""The script that attacks other libraries: its table, its adapters, and libraries that do not install."""

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "scripts" / "rival_attacks.py"))


def test_a_row_counts_what_happened(script: dict[str, Any]) -> None:
    attacks = {"a": ["leaked", ""], "b": ["leaked", ""], "c": ["refused", ""], "d": ["errored", ""]}
    row = script["line"]("some 1.0", {"attacks": attacks, "uses": {"x": "works", "y": "AssertionError: "}})
    assert row == "| some 1.0 | 2 of 4 | 1 | 1 | 1 of 2 |"


def test_a_library_that_cannot_be_installed_is_skipped_with_the_reason(script: dict[str, Any]) -> None:
    row = script["line"]("some 1.0", {"skipped": script["last_line"]("many\nlines\nno such package\n")})
    assert row == "| some 1.0 | skipped: no such package | | | |"
    assert script["last_line"]("") == "it failed without a word"


def test_every_library_and_every_wall_has_its_adapter(script: dict[str, Any]) -> None:
    adapters = {module for module, _ in {**script["RIVALS"], **script["OURS"]}.values()}
    shared = {"rivals.__init__", "rivals.duel", "rivals.postgres_ground"}
    files = {f"rivals.{path.stem}" for path in (ROOT / "scripts" / "rivals").glob("*.py")} - shared
    assert adapters == files
    for module, wanted in script["RIVALS"].values():
        text = (ROOT / "scripts" / f"{module.replace('.', '/')}.py").read_text()
        assert "DIALECT = " in text and "async def arena(" in text
        assert "==" in wanted
