"""Merges passed batches onto the run's branch, in order; git's ref is the truth and the journal follows."""

from cellwall.migrate import events as e
from cellwall.migrate.batch import Patch
from cellwall.migrate.errors import GitError
from cellwall.migrate.lanes import next_to_merge
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
    """After a kill: record the merges that git knows and the journal does not; give their batch ids."""
    recovered = []
    for made in run.repository.commits_with_trailer(run.directory.ref, run.base):
        batch_id = made.item.removeprefix(f"{run.id}/")
        batch = run.record.state.batches.get(batch_id)
        if batch is None:
            raise GitError(f"{run.directory.ref} holds {made.commit} of {made.item}, unknown to this run")
        if not batch.commit:
            run.record.add(e.BatchMerged(batch_id, batch.agent, made.commit, list(made.paths)))
            recovered.append(batch_id)
        run.tip = made.commit
    return recovered
