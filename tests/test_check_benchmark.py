"""The checker's benchmark measures whole processes, takes samples up, and says what is missing."""

import sys
from pathlib import Path

import pytest

from benchmarks import check
from benchmarks.check import Tool, Used, copy, measure, python_files, rows, run, tools
from benchmarks.check_page import page
from benchmarks.check_parts import measured
from benchmarks.ratio import Row, missing


def test_a_process_is_measured_with_its_children(tmp_path: Path) -> None:
    burn = "t=__import__('time'); s=t.process_time()\nwhile t.process_time()-s<0.2: pass"
    nested = f"import subprocess,sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    assert run((sys.executable, "-c", nested), tmp_path).seconds > 0.2
    assert run((sys.executable, "-c", "x = bytearray(60 << 20)"), tmp_path).megabytes > 60


def test_samples_are_taken_up_to_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        (tmp_path / f"{number}.py").write_text("x = 1\n")
    assert copy(python_files(tmp_path)[::4], tmp_path, tmp_path / "copy") == 12
    (tmp_path / "copy" / "0.py").unlink()
    (tmp_path / "copy" / "4.py").unlink()
    seen: list[int] = []

    def fake(command: tuple[str, ...], folder: Path) -> Used:
        number = len(list(folder.glob("*.py")))
        seen.append(number)
        return Used(5.0 + (0 if folder.name == "start" else number), 10.0)

    monkeypatch.setattr(check, "run", fake)
    monkeypatch.setattr(check, "tools", lambda peers, every: ([Tool("all", ()), Tool("some", (), 4)], []))
    used, _ = measure(tmp_path, None, 3, 4)
    assert used["all"].seconds == 13.0
    assert used["some"].seconds == 5.0 + 2 * 4
    assert seen == [1, 8, 2, 8, 2, 8, 2]


def test_limits() -> None:
    used = {name: Used(1.0, 40.0) for name in ("ruff cold", "ruff warm", "cellwall warm", "bandit")}
    used |= {name: Used(2.0, 40.0) for name in ("cellwall cold", "cellwall cold, preview too")}
    made = {row.name: row for row in rows(used, {"cellwall --version": 0.05, "one file": 0.2})}
    assert made["cold, stable rules: CPU / ruff check"].value == 2.0
    assert made["cold, stable rules: CPU / ruff check"].met
    assert not made["bandit: CPU / ours"].met
    assert not made["one file, by the clock"].met
    assert made["memory of the three processes together"].met


def test_what_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    found, gone = tools(None, 8)
    assert [tool.name.split()[0] for tool in found] == ["cellwall"] * 3
    assert len(gone) == 6 and all("is not installed" in row.note for row in gone)


def test_the_page_tells_every_tool_limit_and_part() -> None:
    subject = {"files": "8", "megabytes": "0.1", "rounds": "3", "versions": "ruff 1.2"}
    made = [Row("cold", 3.0, "x", "<= 2.5", False), missing("fixit", "fixit is not installed")]
    parts = {"CPython parses all files": 2.0, "gates": 0.5}
    text = page("python -m benchmarks.check TREE", subject, {"ruff cold": 2.0, "bandit": 30.0}, made, parts)
    for line in ("| bandit | 30.00 | 15.0 |", "| cold: <= 2.5 x | 3.00 | missed |", "| gates | 0.25 |"):
        assert line in text.splitlines()
    assert "not measured: fixit is not installed" in text


def test_the_parts_of_a_check_are_measured(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(): pass\n")
    (tmp_path / "b.py").write_text("SEEN = []\n\n\ndef handle(user):\n    SEEN.append(user)\n")
    (tmp_path / "c.py").write_text("def f(:\n")
    parts = measured(tmp_path)
    assert {"gates", "rules", "parsing the others", "facts that cross files"} <= set(parts)
    assert all(seconds >= 0 for seconds in parts.values())
