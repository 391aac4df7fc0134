"""Gets a patch for a batch from an agent's process, under a lease.

An agent that is silent past its lease is replaced, not waited for. If it continues later, its patch comes
with a token that is no longer the newest, and is refused. A path that another batch holds is waited for.
"""

import asyncio
import time
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Final

from cellwall.migrate import events as e
from cellwall.migrate.batch import Batch, Patch
from cellwall.migrate.errors import GitError, MigrateError, PatchError, StaleLeaseError, StorageError
from cellwall.migrate.leases import Held, Lease
from cellwall.migrate.patch_file import patch_digest, read_patch
from cellwall.migrate.processes import ChildError
from cellwall.migrate.run import Run
from cellwall.project.config_record import config_to_record

ATTEMPTS: Final = 3  # processes given to one batch before it is given up
HELD_PAUSE: Final = 0.2  # seconds between two requests for a lease that another batch holds


class Proposer:
    """Runs agents; `close` ends those that were replaced and never came back."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.late: set[asyncio.Task[None]] = set()

    async def propose(self, batch: Batch) -> Patch | None:
        """Give the batch's patch, an earlier one if it was recorded; None if no agent could make one."""
        if earlier := self._recorded(batch):
            await self._lease(batch)
            return earlier
        for attempt in range(1, ATTEMPTS + 1):
            lease = await self._lease(batch)
            work = asyncio.create_task(self._attempt(batch, lease, attempt))
            try:
                done, _ = await asyncio.wait({work}, timeout=self.run.options.lease_seconds)
            except asyncio.CancelledError:
                await _end(work)
                raise
            if not done:
                self._replace(batch, lease, work)
                continue
            try:
                return work.result()
            except (GitError, StorageError):  # not the agent's fault
                raise
            except (ChildError, MigrateError) as error:
                self.run.leases.release(batch.id, lease.token)
                self.run.record.add(e.AgentFailed(batch.id, batch.agent, str(error)))
        return None

    async def close(self) -> None:
        """End the agents that were replaced."""
        for task in self.late:
            task.cancel()
        await asyncio.gather(*self.late, return_exceptions=True)

    def _recorded(self, batch: Batch) -> Patch | None:
        state = self.run.record.state.batches[batch.id]
        if not state.digest:
            return None
        try:
            return read_patch(self.run.directory.patches / state.file, batch=batch, digest=state.digest)
        except MigrateError:
            return None

    async def _lease(self, batch: Batch) -> Lease:
        run = self.run
        while True:
            seconds, now = run.options.lease_seconds, run.record.clock()
            lease = run.leases.grant(batch.id, batch.paths, now=now, seconds=seconds)
            if isinstance(lease, Lease):
                run.record.add(e.LeaseGranted(batch.id, lease.token, len(batch.paths), lease.expires))
                return lease
            self._wait_for(batch, lease)
            await asyncio.sleep(HELD_PAUSE)

    def _wait_for(self, batch: Batch, held: Held) -> None:
        """Record a conflict once, however often it is met while waiting."""
        conflict = e.LeaseConflict(batch.id, held.path, held.holder, "waits until the path is free")
        if conflict not in self.run.record.state.conflicts:
            self.run.record.add(conflict)

    async def _attempt(self, batch: Batch, lease: Lease, attempt: int) -> Patch:
        """Run one agent's process to its patch, and record it if the lease still stands."""
        run = self.run
        output = run.directory.patches / f"{batch.id}.{lease.token}.json"
        name = f"agent-{batch.agent:02d}" if attempt == 1 else f"agent-{batch.agent:02d}-{lease.token}"
        workspace = await asyncio.to_thread(run.workspace, name, run.shared_base)
        began, digest = time.monotonic(), ""
        request = {
            "project": config_to_record(run.project),
            "workspace": str(workspace),
            "base": run.shared_base,
            "batch": batch.id,
            "agent": batch.agent,
            "paths": list(batch.paths),
            "writes": dict(batch.writes),
            "pattern": run.options.pattern,
            "facts": str(run.facts_path),
            "output": str(output),
        }
        started = lambda pid: run.record.add(e.AgentStarted(batch.id, batch.agent, pid))  # noqa: E731
        async with aclosing(run.children.answers_of(run.agent_module, request, started=started)) as answers:
            async for answer in answers:
                digest = answer.get("digest", "")
        patch = _announced(output, batch, digest, run.shared_base)
        run.window("patch written")
        run.leases.check(batch.id, batch.paths, lease.token, run.record.clock())
        run.record.add(_proposed(patch, digest, output.name, time.monotonic() - began))
        return patch

    def _replace(self, batch: Batch, lease: Lease, work: "asyncio.Task[Patch]") -> None:
        """Leave the silent agent to itself, and record how its late patch is refused, if one comes."""
        note = f"agent {batch.agent} was silent past its lease (token {lease.token}) and is replaced"
        self.run.record.add(e.LeaseConflict(batch.id, "", batch.id, note))
        self.late.add(asyncio.create_task(self._refuse_late(batch, work)))

    async def _refuse_late(self, batch: Batch, work: "asyncio.Task[Patch]") -> None:
        try:
            await asyncio.shield(work)
        except StaleLeaseError as error:
            self.run.record.add(e.LeaseConflict(batch.id, "", batch.id, f"late patch refused: {error}"))
        except (ChildError, MigrateError):
            pass
        finally:
            await _end(work)


def _announced(output: Path, batch: Batch, digest: object, base: str) -> Patch:
    """Read the patch that an agent announced; raises PatchError if it is not whole and for this base."""
    if not isinstance(digest, str) or not digest:
        raise PatchError("the agent announced no patch")
    patch = read_patch(output, batch=batch, digest=digest)
    if patch_digest(patch) != digest:  # what is judged now must be found again by its digest at the merge
        raise PatchError(f"{output} is not in the patch format's canonical form")
    if patch.base != base:
        raise PatchError(f"{output} is a patch for another base ({patch.base[:12]!r}, not {base[:12]})")
    return patch


async def _end(work: "asyncio.Task[Patch]") -> None:
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


def _proposed(patch: Patch, digest: str, file: str, seconds: float) -> e.PatchProposed:
    return e.PatchProposed(
        batch=patch.batch.id,
        agent=patch.batch.agent,
        digest=digest,
        paths=list(patch.paths),
        repaired=[asdict(site) for site in patch.repaired],
        needs_human=[asdict(site) for site in patch.needs_human],
        new_modules=[asdict(module) for module in patch.new_modules],
        seconds=round(seconds, 3),
        file=file,
    )
