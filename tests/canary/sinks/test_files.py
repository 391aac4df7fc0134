"""Files that one user's code writes with another's values are hints, whatever opens and writes them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.files import FileSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


def by_json(path: Path) -> None:
    with path.open("w") as file:
        json.dump({"x": ALICE}, file)


def by_csv(path: Path) -> None:
    with open(path, "w", newline="") as file:  # noqa: PTH123  # the built-in one
        csv.writer(file).writerow([ALICE])


def by_print(path: Path) -> None:
    with open(path, "a") as file:  # noqa: PTH123
        print(ALICE, file=file)


@pytest.mark.parametrize(
    "write",
    [
        by_json,
        by_csv,
        by_print,
        lambda path: path.write_text(ALICE),
        lambda path: path.write_bytes(ALICE.encode()),
        lambda path: path.open("wb", buffering=0).close() or path.write_text(ALICE),
    ],
)
def test_what_is_written_is_seen(write: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "notes"
    with Watch(book, [FileSink()]) as watch, viewing("bob"):
        write(path)
    assert (watch.sightings, [one.where for one in watch.hints]) == ([], [f"file {path}"])
    assert ALICE in path.read_text()


def test_names_and_ones_own_files(tmp_path: Path) -> None:
    with Watch(book, [FileSink()]) as watch, viewing("bob"):
        (tmp_path / BOB).write_text(BOB)
        assert (tmp_path / BOB).read_text() == BOB
        assert watch.hints == []
        (tmp_path / f"{ALICE}-{BOB}").write_text("")
    assert [one.where for one in watch.sightings] == ["name of a file"]
