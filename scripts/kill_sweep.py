"""Kills runs at seeded moments, resumes them, and compares: the same tree, nothing twice, nothing left behind.

Half of the kills hit the coordinator inside a named window (patch written, verdict journalled, ref moved,
event appended), the others hit the coordinator or any of its descendants at a random time.

    python scripts/kill_sweep.py --kills 200 --seed 1
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cellwall.migrate.drive import drive
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.options import RunOptions
from cellwall.migrate.start import Surroundings, fresh_run
from cellwall.migrate.views.fake import FakeView

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


def drive_with_window(repo: Path, window: str, nth: int) -> None:
    """Run the plan in this process, which kills itself when it is inside `window` for the nth time."""
    seen = 0

    def at(name: str) -> None:
        nonlocal seen
        seen += name == window
        if name == window and seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    around = Surroundings(clock=time.time, randomness=os.urandom(2), window=at)
    with fresh_run(repo / PLAN, repo, RunOptions(agents=3, validate_after_update=False), around) as run:
        asyncio.run(drive(run, FakeView(), refresh=1.0))


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


def start(repo: Path, kill: dict[str, object]) -> None:
    """Start the run and kill as `kill` says; returns when the coordinator has ended."""
    command = [sys.executable, __file__, "--drive", str(repo)]
    if "window" in kill:
        command += ["--window", str(kill["window"]), "--nth", str(kill["nth"])]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if "after" in kill:
        time.sleep(float(str(kill["after"])))
        family = descendants(process.pid)
        victim = family[0] if kill["who"] == "coordinator" else family[int(str(kill["pick"])) % len(family)]
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def finish(repo: Path) -> None:
    """Resume until there is nothing to resume; a run that was killed before its first event is started again."""
    for _ in range(4):
        resumed = cellwall(repo, "resume", "--json")
        if resumed.returncode in (0, 1) or "is finished" in resumed.stderr:
            return
        if "ended before it began" in resumed.stderr or "no run to resume" in resumed.stderr:
            cellwall(repo, "undo")
            start(repo, {})
    raise SystemExit(f"{repo}: not finished after four resumes: {resumed.stderr}")


def outcome(repo: Path) -> dict[str, object]:
    """Give what the run left: the tree of its branch, its items, and everything that should not be there."""
    git = lambda *a: subprocess.run(["git", *a], cwd=repo, capture_output=True, text=True, check=True).stdout  # noqa: E731
    branch = git("for-each-ref", "--format=%(refname)", "refs/heads/cellwall/").split()
    items = [
        i.rpartition("/")[2]
        for i in git("log", "--format=%(trailers:key=Cellwall-Item,valueonly)", *branch).split()
    ]
    left = [
        line for line in git("worktree", "list", "--porcelain").splitlines() if line.startswith("worktree")
    ][1:]
    left += [str(path) for path in (repo / ".git").rglob("*.lock*") if path.name != "index.lock"]
    left += [str(path) for path in Path(tempfile.gettempdir()).glob("cellwall-*") if repo.name in path.name]
    return {
        "branches": len(branch),
        "tree": git("rev-parse", f"{branch[0]}^{{tree}}").strip() if branch else "",
        "items": items,
        "left": left,
    }


def strays(repo: Path) -> list[int]:
    """Give processes that still work for this repository's run."""
    mine = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(repo).encode() in (entry / "cmdline").read_bytes():
                mine.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in mine if pid != os.getpid()]


def choose(rng: random.Random, number: int, seconds: float) -> dict[str, object]:
    """Choose how kill `number` happens."""
    if number % 2 == 0:
        window = WINDOWS[number // 2 % len(WINDOWS)]
        return {"window": window, "nth": rng.randint(1, 40 if window == "event appended" else 5)}
    who = rng.choice(["coordinator", "any"])
    return {"after": round(rng.uniform(0.0, seconds), 3), "who": who, "pick": rng.randrange(1000)}


def sweep(kills: int, seed: int, folder: Path) -> dict[str, object]:
    """Do the kills and give the summary; failures name the seed and the kill."""
    rng = random.Random(seed)
    reference = make_repository(folder / "reference")
    began = time.monotonic()
    start(reference, {})
    seconds = time.monotonic() - began
    expected = outcome(reference)
    failures, resumed = [], 0
    for number in range(kills):
        kill = choose(rng, number, seconds)
        repo = make_repository(folder / f"kill-{number}")
        before = fingerprint(Repository.discover(repo))
        start(repo, kill)
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
        resumed += 1
        if problems:
            failures.append(
                {"kill": number, "seed": seed, "how": kill, "problems": problems, "repo": str(repo)}
            )
        else:
            shutil.rmtree(repo)
    return {
        "kills": kills,
        "seed": seed,
        "compared": resumed,
        "items": expected["items"],
        "failures": failures,
    }


def main() -> None:
    """Parse the arguments; --drive is how the sweep calls itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drive", type=Path)
    parser.add_argument("--window", default="")
    parser.add_argument("--nth", type=int, default=0)
    given = parser.parse_args()
    if given.drive:
        drive_with_window(given.drive, given.window, given.nth)
        return
    folder = Path(tempfile.mkdtemp(prefix="kill-sweep-"))
    summary = sweep(given.kills, given.seed, folder)
    print(json.dumps(summary, indent=2))
    if summary["failures"]:
        sys.exit(f"the repositories of the failures are kept in {folder}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
