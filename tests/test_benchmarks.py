"""The benchmarks are whole: every part can be run by itself, and what cannot be measured is said."""

import math
import sys
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import mean, median, stdev
from types import ModuleType
from typing import Any

import pytest

from benchmarks import runtime, sides
from benchmarks.centre import centre
from benchmarks.ratio import Row, missing
from benchmarks.testing import median_interval

MET = Row("speed", 1.0, "x", "<= 2", True)
MISSED = Row("speed", 3.0, "x", "<= 2", False)
UNLIMITED = Row("beside a peer", 9.0, "x", "", True)
PARTS = {
    "good": [MET, UNLIMITED],
    "without": [MET, missing("peer", "such-a-peer is not installed")],
    "slow": [MISSED],
}


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put parts beside the real ones; `gone` needs what is not here."""
    for name, rows in PARTS.items():
        part = ModuleType(name)
        part.measure = lambda quick, rows=rows: rows  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"benchmarks.{name}", part)


@pytest.mark.parametrize(
    ("names", "code"), [(["good"], 0), (["without"], 0), (["slow", "good"], 1), (["gone", "good"], 2)]
)
def test_every_part_is_run_to_the_end(
    names: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runtime, "PARTS", tuple(names))
    monkeypatch.setattr(sys, "argv", ["runtime", "--quick"])
    assert runtime.main() == code
    printed = capsys.readouterr().out
    assert all(f"\n{name}\n" in printed for name in names)
    assert ("not measured: such-a-peer is not installed" in printed) == ("without" in names)
    assert ("not measured: ModuleNotFoundError" in printed) == ("gone" in names)
    assert f"of {len(set(names) - {'gone'})} limits met" in printed  # what has no limit meets none
    assert not any("met" in line for line in printed.splitlines() if "beside a peer" in line)


@pytest.mark.parametrize("name", runtime.PARTS)
def test_a_part_measures_when_it_is_told_to(name: str) -> None:
    before = list(sys.path)
    assert callable(import_module(f"benchmarks.{name}").measure)
    assert sys.path == before


def test_figures_are_put_between_the_marks_of_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n")
    monkeypatch.setattr(runtime, "PARTS", ("without", "slow"))
    monkeypatch.setattr(sys, "argv", ["runtime", "--write", str(page)])
    for _ in range(2):  # the second run replaces the first one's figures
        assert runtime.main() == 1
    text = page.read_text()
    assert text.startswith("before\n<!-- figures -->\n\nPython 3") and text.endswith("figures -->\nafter\n")
    assert "| speed | <= 2 | 3 x | **missed** |  |" in text and "old" not in text
    assert "| peer | | not measured | | such-a-peer is not installed |" in text
    assert text.count("| what |") == 1
    page.write_text("no marks")
    with pytest.raises(ValueError, match="has no lines"):
        runtime.write(page, "", [])


class FakeSide:
    """Spends what it is told to, by work."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked: list[tuple[str, int]] = []

    def __enter__(self) -> "FakeSide":
        return self

    def __exit__(self, *error: object) -> None:
        self.asked.append(("end", 0))

    def run(self, work: str, calls: int) -> list[float]:
        self.asked.append((work, calls))
        return [self.seconds] * calls


def test_sides_take_turns_and_the_centre_of_the_sets_counts() -> None:
    seconds = iter([1.0, 1.0, 1.0, 1.1, 2.42, 2.0])  # of guarded, plain; plain, guarded; ...
    made: list[FakeSide] = []

    def start(name: str) -> Any:
        made.append(FakeSide(next(seconds)))
        return made[-1]

    found = sides.taking_turns(["plain", "guarded"], ["read"], start, sets=3, turns=2)
    value, note = sides.ratio(found["read"], "guarded", "plain")
    assert value == pytest.approx(1.1) and "us a request; 3 sets: 1.000 to 1.210" in note
    assert "95%: 1.000 to 1.210; 6 sets" in sides.ratio(found["read"] * 2, "guarded", "plain")[1]
    plain = made[1]  # who starts first changes: here it is the other one
    assert plain.asked == [
        ("read", 1), ("read", sides.WARM), ("read", sides.CALLS), ("read", sides.CALLS), ("end", 0),
    ]  # fmt: skip


def noisy(random: Random, sets: int, outliers: float) -> list[float]:
    """Give logarithms of ratios around 1.04, as far apart as processes are; some met a busy machine."""
    return [
        math.log(1.04) + random.gauss(0, 0.016) + (random.gauss(0, 0.1) if random.random() < outliers else 0)
        for _ in range(sets)
    ]


@pytest.mark.parametrize(("outliers", "error"), [(0.0, 0.005), (0.1, 0.006)])
def test_the_centre_is_true_and_surer_than_a_median_of_seven(outliers: float, error: float) -> None:
    random, tries = Random(7), 2000
    found = [centre(noisy(random, 14, outliers)) for _ in range(tries)]
    medians = [median(noisy(random, 7, outliers)) for _ in range(tries)]
    true = math.log(1.04)
    values = [value for value, _, _ in found]
    assert mean(values) == pytest.approx(true, abs=0.0005), "4% that are there are shown as 4%"
    assert stdev(values) < error < 0.007 < stdev(medians)
    assert mean(low <= true <= high for _, low, high in found) > 0.94


def test_the_centre_of_few() -> None:
    assert centre([3.0]) == (3.0, 3.0, 3.0)
    assert centre([1.0, 2.0, 4.0]) == (2.25, 1.0, 4.0)
    assert centre([float(n) for n in range(6)]) == (2.5, 0.0, 5.0), "exact: 31 of 32"


def test_a_side_is_a_process_that_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spender.py").write_text(
        "import asyncio\nfrom benchmarks.sides import serve\n"
        "async def spend(): sum(range(10_000))\nasyncio.run(serve({'spend': spend}))\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[1]}")
    with sides.Side("spender") as side:
        times = side.run("spend", 3)
        assert len(times) == 3 and all(each > 0 for each in times)
    (tmp_path / "gone.py").write_text("")
    with sides.Side("gone") as side, pytest.raises(RuntimeError, match="has ended"):
        side.run("spend", 1)


def test_the_interval_of_a_median_is_the_tables() -> None:
    """Ranks of Conover's table A3 for a confidence of at least 95%, of the numbers from 1."""
    intervals = {
        count: median_interval([float(each) for each in range(1, count + 1)]) for count in (6, 10, 40)
    }
    assert intervals == {6: (1, 6), 10: (2, 9), 40: (14, 27)}
