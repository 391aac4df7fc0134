"""The zoo's data is whole, its tests are short and know no bug, and what finds them knows none either."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scripts import zoo

ROOT = Path(__file__).parents[2]
ROOMS = ("canary", "sharing", "explore", "testing")  # the checker knows frameworks by their names
PAIRS = [zoo.Pair(**pair) for pair in tomllib.loads((zoo.ZOO / "pairs.toml").read_text())["pair"]]
names = pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if not pair.arguments], ids=lambda pair: pair.name
)


@names
def test_every_pair_has_a_short_test_for_one_user(pair: zoo.Pair) -> None:
    text = (zoo.ZOO / (pair.test or pair.name) / "one_user.py").read_text()
    assert len(list(filter(str.strip, text.splitlines()))) <= 15
    assert text.count("async def test_") == 1 and "user_context" in text
    assert not re.search(r"canary|probe|leak|isolation|CVE|vulnerable", text, re.IGNORECASE)


@names
def test_packages_are_pinned_and_both_sides_differ(pair: zoo.Pair) -> None:
    assert all("==" in package for package in (*pair.vulnerable, *pair.fixed))
    assert pair.vulnerable != pair.fixed or pair.name.startswith("cookies_")


def test_every_pair_has_a_folder() -> None:
    folders = {path.parent.name for path in zoo.ZOO.glob("*/one_user.py")}
    assert {pair.test or pair.name for pair in PAIRS} <= folders


def test_what_finds_leaks_by_running_names_no_package_of_the_zoo() -> None:
    named = {
        package.partition("==")[0] for pair in PAIRS for package in pair.vulnerable if not pair.arguments
    }
    spelled = "|".join(re.escape(name).replace(r"\-", "[-_]") for name in named - {"channels"})
    pattern = re.compile(rf"\b(?:{spelled})\b", re.IGNORECASE)
    rooms = [path for room in ROOMS for path in (ROOT / "src/cellwall" / room).rglob("*.py")]
    found = [path for path in rooms if pattern.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    ("before", "after", "right"),
    [
        ("found", "silent", True),
        ("found", "found", False),
        ("silent", "silent", False),
        ("skipped", "silent", False),
    ],
)
def test_a_pair_is_right_when_only_the_bug_is_found(before: str, after: str, right: bool) -> None:
    assert zoo._right({"vulnerable": zoo.Told(before), "fixed": zoo.Told(after)}) == right


def test_the_table_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "zoo.md"
    page.write_text(f"before\n{zoo.BEGIN}\nold\n{zoo.END}\nafter\n")
    told: dict[str, Any] = {"vulnerable": zoo.Told("found"), "fixed": zoo.Told("silent")}
    zoo._write(page, {PAIRS[0]: told})
    text = page.read_text()
    assert "old" not in text and text.startswith("before\n") and text.endswith("after\n")
    assert "| channels==3.0.2: found | channels==3.0.3: silent |" in text


def test_the_page_has_a_row_for_each_pair_of_the_first_part() -> None:
    text = (ROOT / "docs/zoo.md").read_text()
    first = [pair.name for pair in PAIRS if not pair.arguments]
    assert [name for name in first if f"| {name}: " not in text] == []
    assert "WRONG" not in text and ": failed" not in text
