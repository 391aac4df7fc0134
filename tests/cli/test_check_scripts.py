"""`cellwall check` over scripts: found beside Python, repaired, and told where the parser is missing."""

from pathlib import Path

import pytest
from click.testing import CliRunner

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
    assert "1 scripts are not looked at: they need pip install 'cellwall[javascript]'" in output
    assert "cart.test.js" not in output


def test_no_comment_of_python_is_written_into_a_script(shop: Path) -> None:
    before = (shop / "web" / "cart.test.js").read_bytes()
    assert "CW911" in run(shop, "--format", "concise", "--add-suppressions")
    assert (shop / "web" / "cart.test.js").read_bytes() == before


def test_an_editors_text_is_a_script_by_its_name(shop: Path) -> None:
    name = str(shop / "web" / "new.test.js")
    arguments = ["check", "--repo", str(shop), "--format", "concise", "--stdin-filename", name, "-"]
    result = CliRunner().invoke(main, arguments, input=SHARED)
    assert "web/new.test.js:1:7" in result.output
