"""The table of published leaks: what counts as found, and where a root cause lies. Nothing is fetched."""

import ast
import runpy
import zipfile
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "zoo_static.py"


@pytest.fixture
def script() -> dict[str, Any]:
    """The names of the script."""
    return runpy.run_path(str(SCRIPT))


def test_a_leak_in_given_sources_is_found_and_its_fix_is_silent(
    script: dict[str, Any], tmp_path: Path
) -> None:
    view = next(leak for leak in script["LEAKS"] if not leak.package)
    outcome = script["outcome"](view, tmp_path)
    assert outcome.found == "cached-response-of-user at views.py:8"
    assert outcome.after == "silent"
    assert outcome.is_right


def test_a_version_that_has_the_bug_still_is_told(script: dict[str, Any], tmp_path: Path) -> None:
    view = next(leak for leak in script["LEAKS"] if not leak.package)
    vulnerable = view.sources[0]
    unfixed = script["Leak"]("", "a", "b", view.path, view.function, view.rules, (vulnerable, vulnerable))
    outcome = script["outcome"](unfixed, tmp_path)
    assert outcome.after == "still reported at views.py:8"
    assert not outcome.is_right


def test_what_cannot_be_parsed_is_neither_found_nor_silent(script: dict[str, Any], tmp_path: Path) -> None:
    broken = script["Leak"]("", "a", "b", "x.py", "f", ("shared-cookie-jar",), ("def (:", "def (:"))
    outcome = script["outcome"](broken, tmp_path)
    assert outcome.found.startswith("not judged: Python")
    assert outcome.after != "silent"
    assert not outcome.is_judged
    assert not outcome.is_right


def test_newer_syntax_is_judged_by_a_newer_python_and_said_where_there_is_none(
    script: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newer one is played by a program that answers as the script does."""
    leak = script["LEAKS"][2]
    assert leak.package == "llama-stack"
    for version in (leak.vulnerable, leak.fixed):
        path = tmp_path / f"llama-stack-{version}" / leak.path
        path.parent.mkdir(parents=True)
        path.write_text("def (:\n")
    newer = tmp_path / "python"
    newer.write_text('#!/bin/sh\necho \'[["context-variable-without-reset at c.py:27", "silent"]]\'\n')
    newer.chmod(0o755)
    arguments = ["llama-stack", "--folder", str(tmp_path), "--python"]
    assert script["main"]([*arguments, str(newer)]) == 0
    assert "1 of 1 found before the fix and silent after it" in capsys.readouterr().out
    assert script["main"]([*arguments, "/bin/false"]) == 0
    said = capsys.readouterr().out
    assert "0 of 0 found" in said
    assert "llama-stack is NOT in this count: not judged: Python" in said


def test_only_the_lines_of_the_root_cause_count(script: dict[str, Any]) -> None:
    tree = ast.parse(
        "class A:\n    def f(self):\n        pass\n\n\nclass B:\n    def f(self):\n        pass\n"
    )
    assert list(script["lines_of"](tree, "B.f")) == [7, 8]
    assert list(script["lines_of"](tree, "f")) == [2, 3, 7, 8]


def test_a_wheel_is_unpacked(script: dict[str, Any], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("a/__init__.py", "x = 1\n")
    script["unpack"](tmp_path / "a-1-py3-none-any.whl", tmp_path / "a-1")
    assert script["fetched"]("a", "1", tmp_path) == tmp_path / "a-1"
    assert (tmp_path / "a-1" / "a" / "__init__.py").read_text() == "x = 1\n"
