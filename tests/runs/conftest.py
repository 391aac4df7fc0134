"""The small shop as a git repository, and runs of its plan in this process."""

import asyncio
import itertools
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from cellwall.migrate.drive import drive
from cellwall.migrate.opening import Surroundings
from cellwall.migrate.options import RunOptions
from cellwall.migrate.start import fresh_run, resumed_run
from cellwall.migrate.state import State
from cellwall.migrate.views.fake import FakeView

SHOP = Path(__file__).parents[1] / "fixtures/small_shop"
PLAN = "RENOVATION_PLAN.md"
RANDOMNESS = itertools.count()


@dataclass
class Shop:
    """A git repository that holds the small shop."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Run git here and give what it prints."""
        who = ["-c", "user.name=Shopkeeper", "-c", "user.email=keeper@example.invalid"]
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, message: str = "More") -> None:
        """Commit everything that is there."""
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def write(self, path: str, text: str) -> None:
        """Write a file of the repository."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def around(self, **more: object) -> Surroundings:
        """Give a clock that counts and fixed randomness."""
        return Surroundings(clock=time.time, randomness=next(RANDOMNESS).to_bytes(2, "big"), **more)  # type: ignore[arg-type]

    def run(self, options: RunOptions | None = None, plan: str = PLAN, **more: object) -> State:
        """Run the plan to its end or stop, and give the state."""
        options = options or RunOptions(agents=3, validate_continuously=False, validate_after_update=False)
        with fresh_run(self.root / plan, self.root, options, self.around(**more)) as run:
            asyncio.run(drive(run, FakeView(), refresh=1.0))
            return run.record.state

    def resume(self, **more: object) -> State:
        """Resume the latest run."""
        with resumed_run(self.root, None, self.around(**more)) as run:
            asyncio.run(drive(run, FakeView(), refresh=1.0))
            return run.record.state

    def tree(self, state: State) -> str:
        """Give the tree on a run's branch."""
        assert state.started
        return self.git("rev-parse", f"{state.started.branch}^{{tree}}")

    def at(self, branch: str, path: str) -> str:
        """Give a file's text on a branch."""
        return self.git("show", f"{branch}:{path}")


@dataclass
class Ran:
    """A shop after a whole run without tests, for tests that only look at it."""

    shop: Shop
    state: State

    @property
    def tree(self) -> str:
        """The tree on the run's branch."""
        return self.shop.tree(self.state)


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the shop as a repository with one commit, to be copied."""
    root = tmp_path_factory.mktemp("committed") / "shop"
    shutil.copytree(SHOP, root)
    made = Shop(root)
    made.git("init", "-q", "-b", "main")
    made.commit("The shop")
    return root


@pytest.fixture(scope="session")
def ran(committed: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Give the shop that the plan ran on, once for all tests."""
    root = tmp_path_factory.mktemp("ran") / "shop"
    shutil.copytree(committed, root)
    made = Shop(root)
    return Ran(made, made.run())


@pytest.fixture
def shop(committed: Path, tmp_path: Path) -> Shop:
    """Give a fresh repository with the shop committed."""
    return Shop(shutil.copytree(committed, tmp_path / "shop"))
