"""Reading a plan's file: what is no plan gives one error that names the place, and nothing is written."""

import hashlib
import os
from pathlib import Path

import pytest

from cellwall.migrate.errors import PlanError
from cellwall.migrate.plan.parse import read_plan
from cellwall.migrate.plan.read import MAX_BYTES, read_text

GOOD = b"# P\n## Agent 1: A\n"


def test_the_digest_is_of_the_files_bytes(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(GOOD)
    assert read_text(path) == (GOOD.decode(), hashlib.sha256(GOOD).hexdigest())
    assert read_plan(path).path == str(path)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "is empty"),
        (b"\xef\xbb\xbf", 1, "is empty"),
        (b"# P\n\n\x7fELF\xff\xfe", 3, "is not UTF-8 text"),
        ("# P\n".encode("utf-16"), 1, "is not UTF-8 text"),
        (GOOD + b"x" * (50 << 20), 1, "is longer than 512 KiB"),
    ],
    ids=["empty", "only a mark", "binary", "utf-16", "50 MB"],
)
def test_what_is_no_plan(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(content)
    with pytest.raises(PlanError) as error:
        read_plan(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)
    assert list(tmp_path.iterdir()) == [path]


def test_a_plan_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(GOOD + b"x" * (MAX_BYTES - len(GOOD)))
    assert len(read_text(path)[0]) == MAX_BYTES


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    for path, message in (
        (tmp_path / "missing.md", "No such file"),
        (tmp_path, "is no file"),
        (tmp_path / "pipe.md", "is no file"),
        (tmp_path / "nul\0.md", "cannot be read"),
        (tmp_path / ("long" * 100), "cannot be read"),
    ):
        with pytest.raises(PlanError, match=message):
            read_plan(path)
