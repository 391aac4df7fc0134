"""Runs a one-user test as many users on published versions of packages, before and after the bug was fixed.

Each pair's packages are installed by name and version into a folder of their own, which git ignores. A pair
is right when a leak is found with the vulnerable version, and nothing with the fixed one.

Run: python scripts/zoo.py [--only NAME] [--users 10] [--into DIR] [--python 3.12=PATH] [--write docs/zoo.md]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

ROOT: Final = Path(__file__).resolve().parents[1]
ZOO: Final = ROOT / "tests/zoo"
SECONDS: Final = 600
BEGIN, END = "<!-- the zoo's table: made by scripts/zoo.py -->", "<!-- end -->"
SIDES: Final = ("vulnerable", "fixed")


@dataclass(frozen=True, eq=False)
class Pair:
    """One bug: its packages before and after, and what to know of them."""

    name: str
    bug: str
    reference: str
    kind: str
    vulnerable: list[str]
    fixed: list[str]
    also: list[str] = field(default_factory=list)
    python: str = ""
    dependencies: bool = True
    test: str = ""  # the test's folder where it is not the name
    old: bool = False  # the Python is one that the explorer does not know: zoo_old_python.py runs it
    arguments: list[str] = field(default_factory=list)  # of pytest, such as how many schedules to explore

    def packages(self, side: str) -> list[str]:
        """Give what is installed for one side."""
        own = self.vulnerable if side == "vulnerable" else self.fixed
        return [*own, *self.also] if own else []


@dataclass(frozen=True)
class Told:
    """What a run told: found, silent, failed or skipped; and the verdict's words."""

    word: str
    text: str = ""


def main() -> int:
    """Run all pairs; 0 when each is right, 1 when one is not, 2 when one could not be run."""
    options = _options()
    pairs = [Pair(**pair) for pair in tomllib.loads((ZOO / "pairs.toml").read_text())["pair"]]
    chosen = [pair for pair in pairs if not options.only or pair.name in options.only]
    results = {pair: {side: _told(pair, side, options) for side in SIDES} for pair in chosen}
    for pair, told in results.items():
        mark = "right" if _right(told) else "skipped" if _skipped(told) else "WRONG"
        print(f"{pair.name:<20} {told['vulnerable'].word:<8} {told['fixed'].word:<8} {mark}")
        for side in SIDES:
            if told[side].text:
                print(f"    {side}: {told[side].text}")
    if options.write:
        _write(Path(options.write), results)
    if any(_skipped(told) for told in results.values()):
        print("NOT COMPLETE: some pairs were skipped, see above")
    if all(_right(told) for told in results.values()):
        return 0
    return 2 if all(_right(told) or _skipped(told) for told in results.values()) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--users", type=int, default=10)
    parser.add_argument("--into", type=Path, default=ROOT / ".zoo")
    parser.add_argument("--python", action="append", default=[], metavar="VERSION=PATH")
    parser.add_argument("--write", metavar="FILE")
    return parser.parse_args()


def _told(pair: Pair, side: str, options: argparse.Namespace) -> Told:
    python = _python(pair, options)
    if python is None:
        return Told("skipped", f"needs Python {pair.python}: give --python {pair.python}=PATH")
    folder = options.into / f"{pair.name}-{side}"
    said = _install(python, pair, side, folder)
    if said:
        return Told("skipped", said)
    return (_run_old if pair.old else _run)(python, pair, side, folder, options.users)


def _python(pair: Pair, options: argparse.Namespace) -> Path | None:
    """Give an interpreter that has Cellwall and pytest; for another version, in an environment of its own.

    One that is too old for Cellwall has neither.
    """
    version = pair.python
    if not version:
        return Path(sys.executable)
    given = dict(text.split("=", 1) for text in options.python)
    base = given.get(version) or shutil.which(f"python{version}")
    home = options.into / f"python{version}"
    python = home / "bin/python"
    if python.exists():
        return python
    if base is None or subprocess.run([base, "-c", ""], check=False, capture_output=True).returncode:
        return None
    options.into.mkdir(parents=True, exist_ok=True)
    subprocess.run([base, "-m", "venv", home], check=True)
    if pair.old:
        return python
    wanted = ["-e", str(ROOT), "pytest", "pytest-asyncio", "httpx"]
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", *wanted], check=True)
    return python


def _install(python: Path, pair: Pair, side: str, folder: Path) -> str:
    """Install one side's packages, unless they are there; gives what went wrong."""
    if (folder / ".whole").exists() or not pair.packages(side):
        return ""
    shutil.rmtree(folder, ignore_errors=True)
    extra = [] if pair.dependencies else ["--no-deps"]
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder]
    done = subprocess.run([*pip, *extra, *pair.packages(side)], check=False, capture_output=True, text=True)
    if done.returncode:
        return f"{' '.join(pair.packages(side))} could not be installed: {done.stderr.strip()[-300:]}"
    (folder / ".whole").touch()
    return ""


def _run(python: Path, pair: Pair, side: str, folder: Path, users: int) -> Told:
    home = ZOO / (pair.test or pair.name)
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report.xml")
        environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
            "PYTHONPATH": os.pathsep.join(map(str, (folder, home, ZOO))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "ZOO_SIDE": side,
            "ZOO_PACKAGES": str(folder),
        }
        command = [python, "-m", "pytest", home / "one_user.py", "-c", ZOO / "pytest.ini", "-q"]
        command += [
            "--rootdir",
            home,
            "--concurrent-users",
            str(users),
            f"--junitxml={report}",
            *pair.arguments,
        ]
        try:
            done = subprocess.run(
                command, cwd=temporary, env=environment, capture_output=True, text=True, timeout=SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Told("failed", f"did not end in {SECONDS} s")
        verdicts = list(_verdicts(report)) if report.exists() else []
    if done.returncode == 0 and verdicts:
        return Told("silent")
    leak = next((each for each in verdicts if each.get("verdict") == "leak"), None)
    if leak is not None:
        return Told("found", str(leak.get("text", "")) + _explored(leak))
    return Told("failed", (done.stdout + done.stderr).strip()[-1500:])


def _explored(leak: dict[str, Any]) -> str:
    """Say by which schedule the explorer found it, and how long it looked."""
    if "found_at" not in leak:
        return ""
    seconds = leak["certificate"]["cpu_seconds"]
    found = f"schedule {leak['found_at']}, by {leak['found_by']}, in {seconds:.2f} s of CPU time"
    return f"; {found}; {leak.get('alone', '')}; {leak['replay']}"


def _run_old(python: Path, pair: Pair, side: str, folder: Path, users: int) -> Told:
    """Sweep the cancellations on a Python that the explorer does not know."""
    command = [sys.executable, ROOT / "scripts/zoo_old_python.py", python, ZOO / pair.name, *pair.arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Told("failed", f"did not end in {SECONDS} s")
    told = json.loads(done.stdout) if done.stdout else {}
    word = {"leak": "found", "passed": "silent"}.get(told.get("verdict", ""), "failed")
    return Told(word, told.get("text") or done.stderr.strip()[-500:])


def _verdicts(report: Path) -> Iterator[dict[str, Any]]:
    for element in ElementTree.parse(report).iter("property"):
        if element.get("name") == "cellwall_isolation":
            yield json.loads(element.get("value") or "{}")


def _right(told: dict[str, Told]) -> bool:
    return (told["vulnerable"].word, told["fixed"].word) == ("found", "silent")


def _skipped(told: dict[str, Told]) -> bool:
    return any(side.word == "skipped" for side in told.values())


def _write(path: Path, results: dict[Pair, dict[str, Told]]) -> None:
    lines = ["| bug | reference | kind | vulnerable | fixed |", "|---|---|---|---|---|"]
    for pair, told in results.items():
        before, after = (" ".join(getattr(pair, side)) or side for side in SIDES)
        lines.append(
            f"| {pair.name}: {pair.bug} | {pair.reference} | {pair.kind} | "
            f"{before}: {told['vulnerable'].word} | {after}: {told['fixed'].word} |"
        )
    text = path.read_text()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    path.write_text(text[:start] + "\n" + "\n".join(lines) + "\n" + text[end:])


if __name__ == "__main__":
    sys.exit(main())
