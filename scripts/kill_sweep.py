"""Kills runs at seeded moments, resumes them, compares: the same tree, nothing twice, nothing left behind.

Half of the kills hit the coordinator inside a named window (patch written, verdict journalled, ref moved,
event appended), the others hit the coordinator or any of its descendants at a random time.

    python scripts/kill_sweep.py --kills 200 --seed 1
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cellwall.migrate.drive import drive
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.opening import Surroundings
from cellwall.migrate.options import RunOptions
from cellwall.migrate.start import fresh_run
from cellwall.migrate.views.fake import FakeView

TESTS_TAKE = 6  # times as long as a run of the shop without tests
WINDOWS = ("patch written", "verdict journalled", "ref moved", "event appended")
SHOP = Path(__file__).parents[1] / "tests/fixtures/small_shop"
PLAN = "RENOVATION_PLAN.md"


def make_repository(folder: Path) -> Path:
    """Copy the small shop to a fresh git repository with one commit."""
    shutil.copytree(SHOP, folder)
    who = ["-c", "user.name=Kill sweep", "-c", "user.email=sweep@example.invalid"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "The shop"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def drive_with_window(repo: Path, window: str, nth: int, tests: bool) -> dict[str, int]:
    """Run the plan in this process, which kills itself when it is inside `window` for the nth time.

    Gives how often it was inside of each.
    """
    seen: Counter[str] = Counter()

    def at(name: str) -> None:
        seen[name] += 1
        if name == window and seen[name] == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    around = Surroundings(clock=time.time, randomness=os.urandom(2), window=at)
    options = RunOptions(agents=3, validate_after_update=False, validate_continuously=tests)
    with fresh_run(repo / PLAN, repo, options, around) as run:
        asyncio.run(drive(run, FakeView(), refresh=1.0))
    return seen


def descendants(pid: int) -> list[int]:
    """Give the process and all below it, by /proc."""
    found, index = [pid], 0
    while index < len(found):
        for task in Path(f"/proc/{found[index]}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
        index += 1
    return found


def cellwall(repo: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a cellwall command on the repository."""
    command = [sys.executable, "-m", "cellwall", *arguments, "--repo", str(repo)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def whole(repo: Path) -> tuple[dict[str, int], float]:
    """Run to the end without tests; give how often the run was inside of each window, and its seconds."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, "--drive", str(repo)], stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout), time.monotonic() - began


def start(repo: Path, kill: dict[str, object]) -> bool:
    """Start the run and kill as `kill` says; tells whether it was the coordinator that was killed."""
    command = [sys.executable, __file__, "--drive", str(repo), *(["--tests"] if kill.get("tests") else [])]
    if "window" in kill:
        command += ["--window", str(kill["window"]), "--nth", str(kill["nth"])]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if "after" in kill:
        time.sleep(float(str(kill["after"])))
        family = descendants(process.pid)
        victim = family[0] if kill["who"] == "coordinator" else family[int(str(kill["pick"])) % len(family)]
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def finish(repo: Path) -> None:
    """Resume until nothing is left; a run that was killed before its first event is started again."""
    for _ in range(4):
        resumed = cellwall(repo, "resume", "--json")
        if resumed.returncode in (0, 1) or "is finished" in resumed.stderr:
            return
        if "ended before it began" in resumed.stderr or "no run to resume" in resumed.stderr:
            cellwall(repo, "undo")
            start(repo, {})
    raise SystemExit(f"{repo}: not finished after four resumes: {resumed.stderr}")


def git(repo: Path, *arguments: str) -> str:
    """Run git in the repository and give what it prints."""
    return subprocess.run(["git", *arguments], cwd=repo, capture_output=True, text=True, check=True).stdout


def outcome(repo: Path) -> dict[str, object]:
    """Give what the run left: the tree of its branch, its items, and everything that should not be there."""
    branches = git(repo, "for-each-ref", "--format=%(refname)", "refs/heads/cellwall/").split()
    trailers = git(repo, "log", "--format=%(trailers:key=Cellwall-Item,valueonly)", *branches).split()
    worktrees = git(repo, "worktree", "list", "--porcelain").splitlines()
    temporary = [Path(tempfile.gettempdir()) / f"cellwall-{name.rpartition('/')[2]}" for name in branches]
    return {
        "branches": len(branches),
        "tree": git(repo, "rev-parse", f"{branches[0]}^{{tree}}").strip() if branches else "",
        "items": [trailer.rpartition("/")[2] for trailer in trailers],
        "left": [
            *[line for line in worktrees if line.startswith("worktree ")][1:],
            *[str(path) for path in (repo / ".git").rglob("*.lock*")],
            *[str(path) for path in temporary if path.exists()],
        ],
    }


def strays(repo: Path) -> list[int]:
    """Give processes that still work for this repository's run."""
    mine = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"/", b"\0") + b"\0"
            if str(repo).replace("/", "\0").encode() + b"\0" in words:
                mine.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in mine if pid != os.getpid()]


def choose(rng: random.Random, number: int, passed: dict[str, int], seconds: float) -> dict[str, object]:
    """Choose how a kill happens: inside a named window, or at a random time; one run in ten runs tests, too.

    A whole run without tests is inside of each window as often as `passed` says, and takes `seconds`.
    """
    if number % 2 == 0:
        window = WINDOWS[number // 2 % len(WINDOWS)]
        return {"window": window, "nth": rng.randint(1, passed[window])}
    who = rng.choice(["coordinator", "any"])
    tests = number % 10 == 1
    after = round(rng.uniform(0.0, seconds * (TESTS_TAKE if tests else 1)), 3)
    return {"after": after, "who": who, "pick": rng.randrange(1000), "tests": tests}


def kill_once(
    number: int, kill: dict[str, object], folder: Path, expected: dict[str, object]
) -> dict[str, object]:
    """Run, kill, resume, compare; `problems` is empty when the kill left no trace."""
    repo = make_repository(folder / f"kill-{number}")
    before = fingerprint(Repository.discover(repo))
    killed = start(repo, kill)
    finish(repo)
    got = outcome(repo)
    items = got["items"]
    assert isinstance(items, list)
    problems = [
        *(["another tree"] if got["tree"] != expected["tree"] else []),
        *(["an item twice"] if len(items) != len(set(items)) else []),
        *([f"left behind: {got['left']}"] if got["left"] else []),
        *(["the user's tree was touched"] if fingerprint(Repository.discover(repo)) != before else []),
        *([f"stray processes {found}"] if (found := strays(repo)) else []),
    ]
    if not problems:
        shutil.rmtree(repo)
    return {"kill": number, "how": kill, "killed": killed, "problems": problems, "repo": str(repo)}


def sweep(kills: int, seed: int, folder: Path, jobs: int) -> dict[str, object]:
    """Do the kills, `jobs` at a time, and give the summary; failures name the seed and the kill."""
    rng = random.Random(seed)
    reference = make_repository(folder / "reference")
    passed, seconds = whole(reference)
    expected = outcome(reference)
    chosen = [choose(rng, number, passed, seconds) for number in range(kills)]
    with ThreadPoolExecutor(jobs) as pool:
        done = list(pool.map(lambda n: kill_once(n, chosen[n], folder, expected), range(kills)))
    return {
        "kills": kills,
        "seed": seed,
        "compared": len(done),
        "coordinator_killed": sum(bool(one["killed"]) for one in done),
        "windows": passed,
        "in_windows": sum("window" in kill for kill in chosen),
        "items": expected["items"],
        "failures": [one for one in done if one["problems"]],
    }


def main() -> None:
    """Parse the arguments; --drive is how the sweep calls itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--drive", type=Path)
    parser.add_argument("--window", default="")
    parser.add_argument("--nth", type=int, default=0)
    parser.add_argument("--tests", action="store_true")
    given = parser.parse_args()
    if given.drive:
        print(json.dumps(drive_with_window(given.drive, given.window, given.nth, given.tests)))
        return
    folder = Path(tempfile.mkdtemp(prefix="kill-sweep-"))
    summary = sweep(given.kills, given.seed, folder, given.jobs)
    print(json.dumps(summary, indent=2))
    if summary["failures"]:
        sys.exit(f"the repositories of the failures are kept in {folder}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
