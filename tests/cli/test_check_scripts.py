"""`cellwall check` over scripts: found beside Python, repaired, and told where the parser is missing."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cellwall.check.engine import check_file
from cellwall.check.file_report import FileReport
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.cli.main import main

SHARED = """const seen = [];

it("one", () => { seen.push(1); expect(seen).toContain(1); });
it("two", () => { seen.push(2); expect(seen).toContain(2); });
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "cart.test.js").write_text(SHARED)
    (tmp_path / "web" / "node_modules").mkdir()
    (tmp_path / "web" / "node_modules" / "other.test.js").write_text(SHARED)
    (tmp_path / "shop.py").write_text("import jwt\n")
    return tmp_path


def run(shop: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["check", "--repo", str(shop), "--no-cache", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.output


def test_scripts_are_checked_and_repaired(shop: Path) -> None:
    assert "web/cart.test.js:1:7" in run(shop, "--format", "concise")
    assert "CW911" in run(shop, "--format", "concise", "--select", "CW9")
    assert "node_modules" not in run(shop, "--format", "concise")
    run(shop, "--fix")
    text = (shop / "web" / "cart.test.js").read_text()
    assert "beforeEach(() => {\n  seen = [];\n});" in text
    assert "CW911" not in run(shop, "--format", "concise")
    assert '"results"' in run(shop, "--format", "sarif")


def test_without_the_parser_it_is_said(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cellwall.cli.check_prepare.can_parse", lambda: False)
    output = run(shop, "--format", "concise")
    assert "1 script is not looked at: that needs pip install 'cellwall[javascript]'" in output
    assert "cart.test.js" not in output


def test_a_suppression_is_written_as_scripts_write_comments(shop: Path) -> None:
    run(shop, "--add-suppressions", "--reason", "kept")
    text = (shop / "web" / "cart.test.js").read_text()
    wanted = "const seen = [];  // cellwall: allow[script-state-shared-by-tests] kept"
    assert text.startswith(wanted)
    assert "CW911" not in run(shop, "--format", "concise")


def test_a_suppression_that_silences_nothing_is_told_and_repaired(shop: Path) -> None:
    path = shop / "web" / "cart.test.js"
    path.write_text("// cellwall: allow[script-state-shared-by-tests] it was here\nconst seen = 1;\n")
    said = run(shop, "--format", "concise")
    assert "web/cart.test.js:1:1: warning" in said
    assert "[CW001 unused-suppression] (fixable)" in said
    run(shop, "--fix")
    assert path.read_text() == "const seen = 1;\n"


def test_findings_in_scripts_are_kept_between_runs(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cart.test.js", "other.test.js"):
        (shop / "web" / name).write_text(SHARED)
    arguments = ["check", "--repo", str(shop), "--format", "concise", "--select", "CW9"]
    monkeypatch.setattr("cellwall.check.findings_cache._FRESH_NS", -1)
    first = CliRunner().invoke(main, arguments).output
    assert first.count("CW911") == 2
    asked: list[str] = []

    def once_more(tree: DirectorySourceTree, path: str, *rest: Any) -> FileReport:
        asked.append(path)
        return check_file(tree, path, *rest)

    monkeypatch.setattr("cellwall.check.worker_pool.check_file", once_more)
    assert CliRunner().invoke(main, arguments).output == first
    assert asked == []
    (shop / "web" / "other.test.js").write_text("let nothing;\n")
    assert CliRunner().invoke(main, arguments).output.count("CW911") == 1
    assert asked == ["web/other.test.js"]


def test_an_editors_text_is_a_script_by_its_name(shop: Path) -> None:
    name = str(shop / "web" / "new.test.js")
    arguments = ["check", "--repo", str(shop), "--format", "concise", "--stdin-filename", name, "-"]
    result = CliRunner().invoke(main, arguments, input=SHARED)
    assert "web/new.test.js:1:7" in result.output
