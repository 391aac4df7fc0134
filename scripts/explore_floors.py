"""Measures what is asked of the explorer, one line each with its limit: speed, planted bugs, published
leaks, correct handlers, equal runs. Exit code 1 when a limit is missed.

Run: python scripts/explore_floors.py [--peers PYTHON3.12] [--python36 PATH] [--into DIR] [--only NAME]
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
ZOO: Final = ROOT / "tests/zoo"
REPLAYS: Final = 20
FOUND: Final = re.compile(r"schedule (\d+), by (.+?), in ([\d.]+) s of CPU time;.*?(--concurrent-users.*)")


def run(*command: object, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a command from the repository; give its exit code and all it wrote."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **(env or {})}
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def line(name: str, said: str, *, met: bool) -> bool:
    """Print one line."""
    print(f"{name:<44} {said:<76} {'met' if met else 'MISSED'}", flush=True)
    return met


def speed(options: argparse.Namespace) -> bool:
    """Schedules a second, shrinking, sweeping; beside the peers where their Python is given."""
    code, text = run(options.peers or sys.executable, "-m", "benchmarks.explore")
    print(text.rstrip())
    return code == 0


def planted(_: argparse.Namespace) -> bool:
    """The seven planted bugs by the portfolio."""
    code, text = run(sys.executable, "-m", "benchmarks.explore_finds", "--portfolio")
    print(text.rstrip())
    return code == 0


def zoo(options: argparse.Namespace) -> bool:
    """The second part of the zoo: before and after the fix, and what was found again 20 times."""
    names = ["redis_4_5_1", "redis_4_5_2", "redis_4_5_3", "hera", "redis_pipeline"]
    extra = ["--python", f"3.6={options.python36}"] if options.python36 else []
    chosen = [*names, *(["aiomysql"] if extra else [])]
    asked = [part for name in chosen for part in ("--only", name)]
    code, text = run(sys.executable, "scripts/zoo.py", *asked, "--into", options.into, *extra)
    met = line("published leaks, before and after the fix", ", ".join(chosen), met=code == 0)
    if code:
        print(text)
    told = {
        part.split(maxsplit=1)[0]: part for part in re.split(r"^(?=\w)", text, flags=re.MULTILINE) if part
    }
    found = {name: FOUND.search(told.get(name, "")) for name in names}
    for name, match in found.items():
        limit = 60.0 if name == "redis_pipeline" else 1.0
        if match is None:
            at_once = " found " in told.get(name, "").partition("\n")[0]
            said = "as many users at once, before schedules are searched" if at_once else "no"
            met &= line(f"{name} found", said, met=at_once)
            continue
        said = f"in schedule {match[1]} by {match[2]}, {match[3]} s of CPU time (limit {limit:.0f} s)"
        met &= line(f"{name} found", said, met=float(match[3]) <= limit)
    pipeline = found["redis_pipeline"]
    return pipeline is not None and repeated(options.into, pipeline[4]) and met


def repeated(into: Path, replay: str) -> bool:
    """Repeat the pipeline's failing schedule, each time in a process of its own."""
    home, seen = ZOO / "redis_pipeline", 0
    environment = {"PYTHONPATH": os.pathsep.join(map(str, (into / "redis_pipeline-vulnerable", home, ZOO)))}
    command = [sys.executable, "-m", "pytest", home / "one_user.py", "-c", ZOO / "pytest.ini", "-q"]
    for _ in range(REPLAYS):
        _, text = run(*command, "--rootdir", home, *replay.split(), env=environment)
        seen += "LEAK" in text
    return line("redis_pipeline replayed", f"{seen} of {REPLAYS}", met=seen == REPLAYS)


def correct(_: argparse.Namespace) -> bool:
    """1,000 explorations of correct handlers, and equal trace hashes of 200 seeds in three processes."""
    code, text = run(
        sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/explore/test_no_false_failures.py"
    )
    last = (text.strip().splitlines() or [""])[-1]
    return line("correct handlers; equal runs", last, met=code == 0)


PARTS: Final[dict[str, Callable[[argparse.Namespace], bool]]] = {
    "speed": speed,
    "planted": planted,
    "zoo": zoo,
    "correct": correct,
}


def main() -> int:
    """Measure every part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--peers", help="a Python 3.12 with simloom, simloop and fastapi")
    parser.add_argument("--python36", help="a Python 3.6, for aiomysql")
    parser.add_argument("--into", type=Path, default=ROOT / ".zoo", help="where packages are installed")
    parser.add_argument("--only", choices=PARTS, action="append")
    options = parser.parse_args()
    met = True
    for name in options.only or PARTS:
        begun = time.monotonic()
        met &= PARTS[name](options)
        print(f"-- {name}: {time.monotonic() - begun:.0f} s\n", flush=True)
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
