"""Reads the run's commits back from git: which batch each merged, and whether others committed there."""

from dataclasses import dataclass

from cellwall.migrate.git.command import Git
from cellwall.migrate.git.commits import EMAIL
from cellwall.migrate.git.trailer import item_of


@dataclass(frozen=True, slots=True)
class ItemCommit:
    """A commit of the run's branch: its id, the item of its trailer, the paths it changed.

    `item` is "" for a commit that is not the run's own.
    """

    commit: str
    item: str
    paths: tuple[str, ...]


def commits_after(git: Git, tip: str, base: str) -> list[ItemCommit]:
    """Give the commits from `base`, left out, to `tip`, oldest first."""
    ids = git.run("rev-list", "--reverse", "--topo-order", tip, f"^{base}").decode().split()
    return [ItemCommit(commit, _item(git, commit), _paths(git, commit)) for commit in ids]


def _item(git: Git, commit: str) -> str:
    """Give the trailer's item; "" when author or committer is not Cellwall, or it is a merge."""
    header, _, message = git.run("cat-file", "commit", commit).decode(errors="replace").partition("\n\n")
    own = f" <{EMAIL}> "
    lines = header.splitlines()
    signed = [line for line in lines if line.startswith(("author ", "committer ")) and own in line]
    parents = [line for line in lines if line.startswith("parent ")]
    return item_of(message) if len(signed) == 2 and len(parents) == 1 else ""


def _paths(git: Git, commit: str) -> tuple[str, ...]:
    output = git.run("diff-tree", "-r", "-z", "--name-only", "--no-commit-id", "--no-renames", commit)
    return tuple(path.decode("utf-8", "surrogateescape") for path in output.split(b"\0")[:-1])
