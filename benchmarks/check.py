"""What `cellwall check` costs beside other linters on the same tree: CPU seconds of whole processes.

Usage: python -m benchmarks.check TREE [--rounds 5] [--python PATH] [--peers BIN] [--every 64] [--write PAGE]

Every round runs every tool once, in turns, each in a fresh process over a copy of the tree; the median of
each counts, and all is told as a ratio to `ruff check` with its default rules. Tools that would take minutes
see every n-th file, and their time is taken up to the whole tree by its bytes, the start taken out.
All see tests too: semgrep, which leaves them out by itself, is given an empty list of what to leave out.
Peers are looked for in the folder --peers (a virtual environment's bin), then on the path. --python is the
interpreter that runs Cellwall; with several, each measured by itself, the first goes with the first --peers,
and so on: linters in Python are compared on interpreters that were built alike.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from statistics import median

from benchmarks.check_page import Section, page
from benchmarks.interpreter import build, of_programs, parse_time, with_cellwall
from benchmarks.process_memory import peak_memory
from benchmarks.ratio import Row, missing

HERE = Path(__file__).parent
_SMALL = "import os\n\n\ndef main(name):\n    return os.environ[name]\n"
CHECK = ("-m", "cellwall", "check", "--format", "concise", "--exit-zero")


@dataclass(frozen=True, slots=True)
class Tool:
    """A linter: how it is called on a folder, which part of the tree it sees, and the limit as a ratio."""

    name: str
    command: Sequence[str]
    every: int = 1
    before: Callable[[Path], None] = lambda folder: None


@dataclass(frozen=True, slots=True)
class Side:
    """The interpreter that runs Cellwall (None: this one), and the folder of the peers' programs."""

    python: Path | None = None
    peers: Path | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What a process took: CPU seconds of it and its children, and the largest of them in memory, in MB."""

    seconds: float
    megabytes: float


def run(command: Sequence[str], folder: Path) -> Used:
    """Run a command in a folder to its end; programs in Python keep what they compiled, as users' do."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, cwd=folder, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def python_files(tree: Path) -> list[Path]:
    """Give the Python files of a tree, sorted, links left out."""
    return sorted(path for path in tree.rglob("*.py") if path.is_file() and not path.is_symlink())


def copy(files: Sequence[Path], tree: Path, target: Path) -> int:
    """Copy files to a folder of their own, and give their bytes."""
    for path in files:
        place = target / path.relative_to(tree)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return sum(path.stat().st_size for path in files)


def no_cache(name: str) -> Callable[[Path], None]:
    """Give what removes a tool's cache, so that its next run is a cold one."""
    return lambda folder: shutil.rmtree(folder / name, ignore_errors=True)


def leave_nothing_out(folder: Path) -> None:
    """Tell semgrep to look into folders of tests too, as the others do."""
    (folder / ".semgrepignore").write_text("# nothing is left out\n")


def tools(side: Side, every: int) -> tuple[list[Tool], list[Row]]:
    """Give the tools that are installed, and a line for each that is not."""
    peers, ours = side.peers, (*with_cellwall(side.python), *CHECK)
    found: list[Tool] = []
    gone: list[Row] = []

    def peer(
        label: str,
        name: str,
        *arguments: str,
        share: int = 1,
        before: Callable[[Path], None] = lambda folder: None,
    ) -> None:
        program = shutil.which(name, path=str(peers.absolute())) if peers else None
        program = program or shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
        if program is None:
            gone.append(missing(label, f"{name} is not installed"))
        else:
            found.append(Tool(label, (program, *arguments), share, before))

    peer("ruff cold", "ruff", "check", "--isolated", "--quiet", ".", before=no_cache(".ruff_cache"))
    peer("ruff warm", "ruff", "check", "--isolated", "--quiet", ".")
    found.append(Tool("cellwall cold", ours, 1, no_cache(".cellwall_cache")))
    found.append(Tool("cellwall warm", ours))
    found.append(Tool("cellwall cold, preview too", (*ours, "--preview"), 1, no_cache(".cellwall_cache")))
    peer("bandit", "bandit", "-q", "-r", ".", share=max(1, every // 4))
    config = str(HERE / "check_peers" / "semgrep.yaml")
    quiet = ("--metrics=off", "--disable-version-check", "--quiet", "--jobs=2", "--config", config, ".")
    peer("semgrep, 8 rules", "semgrep", "scan", *quiet, share=max(1, every // 4), before=leave_nothing_out)
    peer("pylint", "pylint", "--recursive=y", "--score=n", ".", share=every)
    peer("fixit", "fixit", "lint", ".", share=every)
    return found, gone


def measure(tree: Path, side: Side, rounds: int, every: int) -> tuple[dict[str, Used], list[Row]]:
    """Run every tool `rounds` times in turns, and give the medians, taken up to the whole tree."""
    chosen, gone = tools(side, every)
    files = python_files(tree)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        parts: dict[int, tuple[Path, int]] = {}
        for share in {1, *(tool.every for tool in chosen)}:
            parts[share] = (root / f"every-{share}", copy(files[::share], tree, root / f"every-{share}"))
        (root / "start").mkdir()
        (root / "start" / "a.py").write_text("x = 1\n")
        took: dict[str, list[Used]] = {tool.name: [] for tool in chosen}
        starts = {tool.name: run(tool.command, root / "start").seconds for tool in chosen if tool.every > 1}
        for _ in range(rounds):
            for tool in chosen:
                place, size = parts[tool.every]
                tool.before(place)
                used = run(tool.command, place)
                start = starts.get(tool.name, 0.0)
                whole = start + (used.seconds - start) * parts[1][1] / size
                took[tool.name].append(Used(whole, used.megabytes))
    return {
        name: Used(median(u.seconds for u in all_), max(u.megabytes for u in all_))
        for name, all_ in took.items()
    }, gone


def memory(tree: Path, python: Path | None) -> float:
    """Give the most that a cold check and its children take together, in MB; preview rules run too."""
    with tempfile.TemporaryDirectory() as folder:
        copy(python_files(tree), tree, Path(folder))
        return peak_memory((*with_cellwall(python), *CHECK, "--preview"), Path(folder))


def starts(rounds: int, python: Path | None) -> dict[str, float]:
    """Give the median seconds by the clock of `cellwall --version` and of a small file, same and changed."""
    with tempfile.TemporaryDirectory() as folder:
        same, changed = Path(folder, "same"), Path(folder, "changed")
        for root in (same, changed):
            root.mkdir()
            (root / "pyproject.toml").write_text("")
            (root / "a.py").write_text(_SMALL)
        check = (*with_cellwall(python), *CHECK, "a.py")
        sides = {
            "cellwall --version": ((*with_cellwall(python), "-m", "cellwall", "--version"), same),
            "one file": (check, same),
            "one changed file": (check, changed),
        }
        took: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(rounds + 1):
            (changed / "a.py").write_text(f"{_SMALL}\n# changed {turn} times\n")
            for name, (command, root) in sides.items():
                begun = time.perf_counter()
                run(command, root)
                took[name].append(time.perf_counter() - begun)
        return {name: median(values[1:]) for name, values in took.items()}


def rows(used: dict[str, Used], begun: dict[str, float], megabytes: float) -> list[Row]:
    """Hold the medians against the limits."""
    ruff, warm = used.get("ruff cold"), used.get("ruff warm")
    ours = used["cellwall cold"].seconds
    made: list[Row] = []

    def at_most(name: str, value: float, limit: float, unit: str, note: str = "") -> None:
        made.append(Row(name, value, unit, f"<= {limit:g}", value <= limit, note))

    if ruff is not None:
        at_most("cold, stable rules: CPU / ruff check", ours / ruff.seconds, 2.5, "x")
        preview = used["cellwall cold, preview too"].seconds
        at_most("cold, preview rules too: CPU / ruff check", preview / ruff.seconds, 2.5, "x")
    if warm is not None:
        at_most("warm: CPU / ruff check warm", used["cellwall warm"].seconds / warm.seconds, 1.0, "x")
    for name, factor in (("bandit", 10), ("semgrep, 8 rules", 4), ("pylint", 100), ("fixit", 100)):
        if name in used:
            ratio = used[name].seconds / ours
            made.append(Row(f"{name}: CPU / ours", ratio, "x", f">= {factor}", ratio >= factor, ""))
    at_most("memory of all processes together", megabytes, 150, "MB", "proportional set sizes")
    for name, limit in {"cellwall --version": 80, "one file": 150, "one changed file": 150}.items():
        at_most(f"{name}, by the clock", begun[name] * 1000, limit, "ms")
    return made


def _command(given: argparse.Namespace) -> str:
    sides = "".join(f"--python {python.name} --peers BIN " for python in given.python) or "--peers BIN "
    return (
        f"python -m benchmarks.check TREE --rounds {given.rounds} --every {given.every} {sides}"
        "--write docs/check-benchmarks.md"
    )


def _subject(tree: Path, side: Side, given: argparse.Namespace) -> dict[str, str]:
    files = python_files(tree)
    chosen, _ = tools(side, given.every)
    programs = {tool.name.partition(" ")[0].strip(","): tool.command[0] for tool in chosen}
    versions = [f"{name} {_version(program)}" for name, program in programs.items() if name != "cellwall"]
    return {
        "files": f"{len(files):,}",
        "megabytes": f"{sum(path.stat().st_size for path in files) / 1e6:.1f}",
        "rounds": str(given.rounds),
        "versions": ", ".join(versions),
    }


def _interpreter(python: Path | None) -> str:
    return f"{build(python)} ({parse_time(python):.0f} ns to parse a character)"


def _section(tree: Path, side: Side, given: argparse.Namespace) -> Section:
    """Measure all on one interpreter, and print it."""
    ours = (*with_cellwall(side.python), "-m", "cellwall", "--version")
    subprocess.run(ours, stdout=subprocess.DEVNULL, check=True)  # what does not run at all is not fast
    theirs = of_programs(side.peers)
    peers = f"peers in Python on {_interpreter(theirs)}" if theirs is not None else "peers as they are found"
    built = f"Cellwall on {_interpreter(side.python)}; {peers}"
    print(built)
    used, gone = measure(tree, side, given.rounds, given.every)
    ruff = used.get("ruff cold")
    for name, one in used.items():
        ratio = f"{one.seconds / ruff.seconds:8.2f} x ruff cold" if ruff else ""
        print(f"{name:<30} {one.seconds:10.2f} s CPU {ratio} {one.megabytes:8.0f} MB")
    made = [*rows(used, starts(given.rounds, side.python), memory(tree, side.python)), *gone]
    print(*made, sep="\n")
    seconds = {name: one.seconds for name, one in used.items()}
    return Section(built, seconds, made, _parts(tree, side.python) if given.write is not None else {})


def _version(program: str) -> str:
    """Give the version that a program tells, "" where it tells none."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(?:\.\d+)?", told.stdout + told.stderr)
    return found[0] if found else ""


def _parts(tree: Path, python: Path | None) -> dict[str, float]:
    """Measure the parts of a cold check on every fourth file, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        copy(python_files(tree)[::4], tree, Path(folder))
        command = [*with_cellwall(python), "-m", "benchmarks.check_parts", folder]
        told = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=True)
        parts: dict[str, float] = json.loads(told.stdout)
        return parts


def main() -> int:
    """Measure, print, and give 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", type=Path, action="append", default=[], help="what runs Cellwall")
    parser.add_argument("--peers", type=Path, action="append", default=[], help="a folder with programs")
    parser.add_argument("--every", type=int, default=64, help="pylint and fixit see every n-th file")
    parser.add_argument("--write", type=Path, help="write the page with the results here")
    given = parser.parse_args()
    tree = given.tree.resolve()
    sides = [Side(python, peers) for python, peers in zip_longest(given.python, given.peers)] or [Side()]
    sections = [_section(tree, side, given) for side in sides]
    if given.write is not None:
        given.write.write_text(page(_command(given), _subject(tree, sides[0], given), sections))
    return 0 if all(row.met for section in sections for row in section.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
