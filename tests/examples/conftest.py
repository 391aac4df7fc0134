"""The example as a run of its plan leaves it, made once for all tests that look at it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_platform"
PLAN = "PARALLEL_AGENT_TEST_UPDATE_PLAN.md"
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".pytest_cache", "*.pyc")
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@cellwall.invalid", "-c", "commit.gpgSign=false")


@dataclass(frozen=True)
class Migrated:
    """The tree on the run's branch, the test modules that are new there, the exit code and the output."""

    root: Path
    new_modules: tuple[str, ...]
    exit_code: int
    output: str


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """Run the plan with eight agents and check its branch out."""
    root = tmp_path_factory.mktemp("migrated") / "agent_platform"
    shutil.copytree(EXAMPLE, root, ignore=LEFT_OUT)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "As it was")
    command = [
        sys.executable,
        "-m",
        "cellwall",
        "run",
        str(root / PLAN),
        "--repo",
        str(root),
        "--agents",
        "8",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
    branch = git(root, "branch", "--list", "cellwall/*", "--format=%(refname:short)").splitlines()[-1]
    git(root, "switch", "--quiet", branch)
    added = git(root, "diff", "--name-only", "--diff-filter=A", "main", branch, "--", "*.py").splitlines()
    return Migrated(root, tuple(added), done.returncode, done.stdout)


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *IDENTITY, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
