"""Removes what a killed git left of its lock files on the run's own ref; never a lock of the user's gits.

That the owner is dead is known, not guessed: only gits of runs write the run's ref, each of them has the
run lock's descriptor open as long as it lives, and the caller holds that lock (see run_lock). A lock file
that others may own (index.lock, packed-refs.lock, HEAD.lock) is left to the user, whatever its age.
"""

from pathlib import Path

from cellwall.migrate.git.repository import Repository
from cellwall.migrate.storage_errors import as_storage_error


def remove_stale_ref_lock(repo: Repository, ref: str) -> tuple[Path, ...]:
    """Remove the lock file of one of the run's own refs; give what was removed."""
    lock = repo.common_dir / f"{ref}.lock"
    with as_storage_error("remove", lock):
        if not lock.is_file():
            return ()
        lock.unlink()
    return (lock,)
