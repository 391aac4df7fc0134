"""Removes what a run made, and nothing else."""

from cellwall.migrate.git.repository import Repository


def undo(repo: Repository, run_id: str) -> tuple[str, ...]:
    """Give what was removed. RepositoryError: the run is alive, or its branch has commits of others."""
    raise NotImplementedError
