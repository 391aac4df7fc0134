"""A hash over all that a run must not touch: the user's tree, HEAD, index, refs, stash, hooks, configuration."""

from cellwall.migrate.git.repository import Repository


def fingerprint(repo: Repository) -> str:
    raise NotImplementedError
