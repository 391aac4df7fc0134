"""The benchmarks are whole: every part can be run by itself, and what cannot be measured is said."""

import sys
from importlib import import_module
from types import ModuleType

import pytest

from benchmarks import runtime
from benchmarks.ratio import Row, missing

MET = Row("speed", 1.0, "x", "<= 2", True)
MISSED = Row("speed", 3.0, "x", "<= 2", False)
PARTS = {"good": [MET], "without": [MET, missing("peer", "such-a-peer is not installed")], "slow": [MISSED]}


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
    assert f"of {len(set(names) - {'gone'})} limits met" in printed


@pytest.mark.parametrize("name", runtime.PARTS)
def test_a_part_measures_when_it_is_told_to(name: str) -> None:
    before = list(sys.path)
    assert callable(import_module(f"benchmarks.{name}").measure)
    assert sys.path == before
