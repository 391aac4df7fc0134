"""Merges passed batches onto the run's branch, in order; git's ref is the truth and the journal follows."""

from collections.abc import Sequence

from cellwall.migrate import events as e
from cellwall.migrate.batch import Patch
from cellwall.migrate.errors import GitError, RepositoryError
from cellwall.migrate.git.history import ItemCommit, commits_after
from cellwall.migrate.lanes import in_merge_order, next_to_merge
from cellwall.migrate.patch_file import patch_digest, read_patch
from cellwall.migrate.run import Run
from cellwall.migrate.state import BatchState


def merge_ready(run: Run) -> None:
    """Merge every batch whose turn it is."""
    while batch := next_to_merge(run.record.state):
        _merge(run, batch)


def _merge(run: Run, batch: BatchState) -> None:
    commit = ""
    if batch.changed:
        run.leases.check(batch.id, batch.paths, batch.token, run.record.clock())
        patch = _patch_of(run, batch)
        commit = run.repository.commit_changes(
            run.tip, patch.changes, message=message_of(run, batch), at=int(run.record.clock())
        )
        run.repository.move_ref(run.directory.ref, commit, run.tip)
        run.window("ref moved")
        run.tip = commit
    run.record.add(e.BatchMerged(batch.id, batch.agent, commit, batch.changed))
    run.leases.release(batch.id, batch.token)


def _patch_of(run: Run, batch: BatchState) -> Patch:
    patch = read_patch(run.directory.patches / batch.file)
    if patch_digest(patch) != batch.digest:
        raise GitError(f"the patch file of {batch.id} is not the one that was judged; run `cellwall resume`")
    return patch


def message_of(run: Run, batch: BatchState) -> str:
    """Give the commit message: what was done, why it is safe, and the trailer that names the batch."""
    who = next((a["name"] for a in run.record.state.started.agents if a["number"] == batch.agent), "")  # type: ignore[union-attr]
    by = f"agent {batch.agent} ({who})" if who else "shared test support"
    gates = ", ".join(batch.verdicts) or "none"
    return (
        f"Isolate users in {len(batch.changed)} test file{'s' * (len(batch.changed) != 1)}: {by}\n\n"
        f"Sites repaired: {len(batch.repaired)}. Gates passed: {gates}.\n\n"
        f"Cellwall-Item: {run.id}/{batch.id}\n"
    )


def recover(run: Run) -> list[str]:
    """After a kill: record the merges that git knows and the journal does not; give their batch ids.

    Raises:
        RepositoryError: the branch has commits of others, or lacks one that was merged.
    """
    tip = run.repository.resolve(run.directory.ref)
    commits = commits_after(run.repository.git, tip, run.base) if tip else []
    _refuse_foreign(run, commits)
    _refuse_lost(run, commits)
    if tip is None:
        run.repository.create_ref(run.directory.ref, run.base)
    recovered = []
    for made in commits:
        batch_id = made.item.removeprefix(f"{run.id}/")
        batch = run.record.state.batches[batch_id]
        if not batch.commit:
            run.record.add(e.BatchMerged(batch_id, batch.agent, made.commit, list(made.paths)))
            recovered.append(batch_id)
        run.tip = made.commit
    return recovered


def _refuse_foreign(run: Run, commits: Sequence[ItemCommit]) -> None:
    branch, own = run.directory.branch, run.base
    for made in commits:
        if made.item.removeprefix(f"{run.id}/") not in run.record.state.batches:
            raise RepositoryError(
                f"the branch {branch} has a commit that the run did not make ({made.commit[:12]}); keep it "
                f"with `git branch NAME {branch}`, then `git branch -f {branch} {own[:12]}`, and resume again"
            )
        own = made.commit


def _refuse_lost(run: Run, commits: Sequence[ItemCommit]) -> None:
    there = {made.commit for made in commits}
    merged = [b.commit for b in in_merge_order(run.record.state.batches.values()) if b.commit]
    if not there.issuperset(merged):
        branch = run.directory.branch
        raise RepositoryError(
            f"the branch {branch} lacks commits that the run made; bring them back with "
            f"`git branch -f {branch} {merged[-1][:12]}`, and resume again"
        )
