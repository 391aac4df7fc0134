"""The checker's benchmark measures whole processes, takes samples up, and says what is missing."""

import argparse
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import check
from benchmarks.check import Side, Tool, Used, _section, copy, measure, python_files, rows, run, tools
from benchmarks.check_page import Section, page
from benchmarks.check_parts import measured
from benchmarks.interpreter import build, parse_time, with_cellwall
from benchmarks.process_memory import peak_memory
from benchmarks.ratio import Row, missing


def test_a_process_is_measured_with_its_children(tmp_path: Path) -> None:
    burn = "t=__import__('time'); s=t.process_time()\nwhile t.process_time()-s<0.2: pass"
    nested = f"import subprocess,sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    assert run((sys.executable, "-c", nested), tmp_path).seconds > 0.2
    assert run((sys.executable, "-c", "x = bytearray(60 << 20)"), tmp_path).megabytes > 60


def test_what_is_compiled_is_kept_for_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "compiled.py").write_text("x = 1\n")
    run((sys.executable, "-c", "import compiled"), tmp_path)
    assert list(tmp_path.glob("__pycache__/compiled.*.pyc"))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")
def test_a_page_that_processes_share_counts_once(tmp_path: Path) -> None:
    forked = "import os, time; x = bytearray(60 << 20); os.fork(); time.sleep(0.5)"
    assert 60 < peak_memory((sys.executable, "-c", forked), tmp_path) < 110
    own = (
        f"import subprocess, sys; x = bytearray(30 << 20); subprocess.run([sys.executable, '-c', {forked!r}])"
    )
    assert 90 < peak_memory((sys.executable, "-c", own), tmp_path) < 150


def test_every_tool_looks_into_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "semgrep"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    semgrep = next(tool for tool in tools(Side(), 8)[0] if tool.name.startswith("semgrep"))
    semgrep.before(tmp_path)
    left_out = (tmp_path / ".semgrepignore").read_text().splitlines()
    assert [line for line in left_out if not line.startswith("#")] == []


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
    monkeypatch.setattr(check, "tools", lambda side, every: ([Tool("all", ()), Tool("some", (), 4)], []))
    used, _ = measure(tmp_path, Side(), 3, 4)
    assert used["all"].seconds == 13.0
    assert used["some"].seconds == 5.0 + 2 * 4
    assert seen == [1, 8, 2, 8, 2, 8, 2]


def test_limits() -> None:
    used = {name: Used(1.0, 40.0) for name in ("ruff cold", "ruff warm", "cellwall warm", "bandit")}
    used |= {name: Used(2.0, 40.0) for name in ("cellwall cold", "cellwall cold, preview too")}
    begun = {"cellwall --version": 0.05, "one file": 0.2, "one changed file": 0.1}
    made = {row.name: row for row in rows(used, begun, 151.0)}
    assert made["cold, stable rules: CPU / ruff check"].value == 2.0
    assert made["cold, stable rules: CPU / ruff check"].met
    assert not made["bandit: CPU / ours"].met
    assert not made["one file, by the clock"].met
    assert made["one changed file, by the clock"].met
    assert not made["memory of all processes together"].met


def test_what_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    found, gone = tools(Side(), 8)
    assert [tool.name.split()[0] for tool in found] == ["cellwall"] * 3
    assert len(gone) == 6 and all("is not installed" in row.note for row in gone)


def test_the_page_tells_every_tool_limit_and_part() -> None:
    subject = {"files": "8", "megabytes": "0.1", "rounds": "3", "versions": "ruff 1.2"}
    made = [Row("cold", 3.0, "x", "<= 2.5", False), missing("fixit", "fixit is not installed")]
    parts = {"CPython parses all files": 2.0, "gates": 0.5}
    section = Section("CPython 3.11", {"ruff cold": 2.0, "bandit": 30.0}, made, parts)
    other = Section("CPython 3.12", {"ruff cold": 2.0, "bandit": 20.0}, made, parts)
    text = page("python -m benchmarks.check TREE", subject, [section, other])
    for line in (
        "## CPython 3.12",
        "| bandit | 30.00 | 15.0 |",
        "| bandit | 20.00 | 10.0 |",
        "| cold: <= 2.5 x | 3.00 | missed |",
        "| gates | 0.25 |",
    ):
        assert line in text.splitlines()
    assert "not measured: fixit is not installed" in text


def test_the_parts_of_a_check_are_measured(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(): pass\n")
    (tmp_path / "b.py").write_text("SEEN = []\n\n\ndef handle(user):\n    SEEN.append(user)\n")
    (tmp_path / "c.py").write_text("def f(:\n")
    parts = measured(tmp_path)
    assert {"gates", "rules", "parsing the others", "facts that cross files"} <= set(parts)
    assert all(seconds >= 0 for seconds in parts.values())


def test_another_interpreter_runs_cellwall(tmp_path: Path) -> None:
    assert build(Path(sys.executable)) == build(None)
    assert platform.python_version() in build(None)
    assert 1 < parse_time(None) < 100_000
    says = (*with_cellwall(Path(sys.executable)), "-S", "-c", "import cellwall.check, click")
    assert subprocess.run(says, cwd=tmp_path, check=False).returncode == 0
    ours = next(tool for tool in tools(Side(tmp_path / "python"), 8)[0] if tool.name == "cellwall cold")
    assert ours.command[2] == str(tmp_path / "python")


def test_an_interpreter_without_cellwall_is_not_measured(tmp_path: Path) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(subprocess.CalledProcessError):
        _section(tmp_path, Side(tmp_path / "python"), argparse.Namespace(rounds=1, every=8, write=None))
