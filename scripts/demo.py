"""The demo: runs the example's plan with 8 agents on a fresh copy, by commands that a newcomer would type."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "agent_platform"
PLAN = "PARALLEL_AGENT_TEST_UPDATE_PLAN.md"
SETTINGS = (  # the copy's own: nothing of the user's git configuration decides what is in it
    "user.name=Cellwall demo",
    "user.email=demo@cellwall.invalid",
    "commit.gpgSign=false",
    "core.autocrlf=false",
    "core.hooksPath=/dev/null",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".pytest_cache", "*.pyc")
EXIT_CODES = {
    0: "finished: every criterion of the plan is met",
    1: "finished; the report above says what remains, with the reasons",
    2: "could not start; the line above says why",
    3: "stopped; it can go on with `cellwall resume`",
}


def main() -> int:
    """Copy, run, and say where to look. Gives 0 when the run finished, whether or not something remains."""
    if shutil.which("git") is None:
        print("The demo needs git on the PATH.", file=sys.stderr)
        return 2
    repository = Path(tempfile.mkdtemp(prefix="cellwall-demo-")) / "agent_platform"
    shutil.copytree(EXAMPLE, repository, ignore=LEFT_OUT)
    for step in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "-m", "As it was"),
    ):
        git(repository, *step)
    print(f"A copy of the example is in {repository}", flush=True)
    command = [sys.executable, "-m", "cellwall", "run", str(repository / PLAN)]
    print(f"$ cellwall run {PLAN} --agents 8\n", flush=True)
    code = subprocess.run([*command, "--repo", str(repository), "--agents", "8"], check=False).returncode
    branches = git(repository, "branch", "--list", "cellwall/*", "--format=%(refname:short)").splitlines()
    if code not in EXIT_CODES or not branches:
        print(f"\nThe run failed (exit code {code}) and made no branch. The copy is kept.", file=sys.stderr)
        return code or 2
    print(f"\nThe run {EXIT_CODES[code]}.")
    say_where_to_look(repository, branches[-1])
    return 0 if code == 1 else code


def git(repository: Path, *arguments: str) -> str:
    """Run git in the copy and give what it says."""
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    command = ["git", "-C", str(repository), *settings, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def say_where_to_look(repository: Path, branch: str) -> None:
    """Say what is on the run's branch and by which commands to see it."""
    figures = git(repository, "diff", "--shortstat", "main", branch)
    print(
        f"Its work is on the branch {branch}: {figures or 'nothing changed'}. Your own branch is as it was."
    )
    added = git(repository, "diff", "--name-only", "--diff-filter=A", "main", branch).splitlines()
    if added:
        print(f"{len(added)} test modules are new; each was seen to fail where what it tests leaks:")
        print(*(f"  {path}" for path in added), sep="\n")
    print("\nLook at it:")
    for command in (
        f"cd {repository}",
        f"git log --oneline main..{branch}",
        f"git diff main {branch}",
        f"git switch {branch} && {sys.executable} -m pytest -q",
        f"{sys.executable} -m cellwall report --format html --output report.html",
    ):
        print(f"  {command}")
    print("\nThe folder is kept; remove it when you have seen enough.")


if __name__ == "__main__":
    sys.exit(main())
