"""The coordinator: the only loop with I/O, and the only one who merges.

Batch 0 first; then every agent works through its batches, at most `options.agents` at once, while judges
judge and passed batches are merged in order; then the branch is measured. Everything is journalled before it
counts, so that a killed run goes on from its journal and git's ref to the same tree.
"""

import asyncio
import os
from collections.abc import Iterable
from typing import Final

from cellwall.migrate import events as e
from cellwall.migrate.batch import Batch
from cellwall.migrate.batching import SHARED_AGENT, split
from cellwall.migrate.closing import close
from cellwall.migrate.facts_file import provide_facts
from cellwall.migrate.judging import Judges
from cellwall.migrate.lanes import in_merge_order, pieces_of
from cellwall.migrate.merging import merge_ready
from cellwall.migrate.proposing import Proposer
from cellwall.migrate.run import Run
from cellwall.migrate.side_by_side import side_by_side
from cellwall.migrate.state import BatchState, Stage
from cellwall.migrate.stopping import Stop
from cellwall.migrate.suite import measure_suite


class Coordinator:
    """Executes one run to its end, or to a stop."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.proposer: Final = Proposer(run)
        self.judges: Final = Judges(run, slots=max(1, min(run.options.agents, os.cpu_count() or 1)))
        self.agents: Final = asyncio.Semaphore(run.options.agents)

    async def execute(self) -> None:
        """Do everything that is left to do.

        Raises:
            Stop: --fail-fast met a refused batch.
            MigrateError: git or the disk failed.
        """
        try:
            await side_by_side(self._suite_before(), self._work())
            if not self.run.options.dry_run:
                await close(self.run)
        finally:
            await self.proposer.close()

    async def _suite_before(self) -> None:
        """Run the suite at the base, which needs nothing of what agents do."""
        if self.run.options.validate_after_update and not self.run.options.dry_run:
            await measure_suite(self.run, "before", self.run.base)

    async def _work(self) -> None:
        """Batch 0 first, whose commit is everyone's base; then the agents side by side."""
        await asyncio.to_thread(provide_facts, self.run)
        await self._lane(self._batches_of([SHARED_AGENT]))
        self.run.shared_base = self._shared_commit()
        await asyncio.to_thread(provide_facts, self.run)
        numbers = [agent["number"] for agent in self._started().agents]
        await side_by_side(*(self._lane(self._batches_of([number])) for number in numbers))

    def _shared_commit(self) -> str:
        """Give everyone's base: the last commit of batch 0 and its pieces, else the run's base."""
        shared = [b.commit for b in in_merge_order(self.run.record.state.batches.values()) if not b.agent]
        return next((commit for commit in reversed(shared) if commit), self.run.base)

    def _started(self) -> e.RunStarted:
        started = self.run.record.state.started
        assert started is not None
        return started

    def _batches_of(self, agents: Iterable[int]) -> list[BatchState]:
        batches = self.run.record.state.batches.values()
        return [b for b in in_merge_order(batches) if b.agent in agents and "." not in b.id]

    async def _lane(self, batches: list[BatchState]) -> None:
        """One agent's batches, one after the other."""
        if not batches:
            return
        async with self.agents:
            for batch in batches:
                await self._process(self.run.record.state.batch(batch.id))

    async def _process(self, batch: Batch) -> None:
        """Take one batch from where it stands to merged, refused, or split into pieces that are."""
        stage = self.run.record.state.batches[batch.id].stage
        if stage is Stage.SPLIT:
            await self._process_pieces(batch)
        elif stage not in (Stage.MERGED, Stage.REFUSED, Stage.PASSED):
            await self._propose_and_judge(batch)
        if not self.run.options.dry_run:
            merge_ready(self.run)

    async def _propose_and_judge(self, batch: Batch) -> None:
        patch = await self.proposer.propose(batch)
        if patch is None:
            self._refuse(batch, "agent", "no agent could make a patch; see the failures of this batch")
            return
        if self.run.options.dry_run:
            return
        verdict = await self.judges.judge(batch, patch) if patch.changes else None
        if verdict is None:
            self.run.record.add(e.BatchPassed(batch.id))
            return
        pieces = split(batch, patch.paths)
        if self.run.options.fail_fast or not pieces:
            self._refuse(batch, verdict.gate, verdict.evidence)
            return
        for piece in pieces:
            self.run.record.add(e.BatchPlanned(piece.id, piece.agent, list(piece.paths), dict(piece.writes)))
        self.run.record.add(e.BatchSplit(batch.id, [piece.id for piece in pieces]))
        self.run.leases.release(batch.id, self.run.record.state.batches[batch.id].token)
        await self._process_pieces(batch)

    async def _process_pieces(self, batch: Batch) -> None:
        for piece in pieces_of(self.run.record.state, batch.id):
            await self._process(self.run.record.state.batch(piece.id))

    def _refuse(self, batch: Batch, gate: str, evidence: str) -> None:
        state = self.run.record.state.batches[batch.id]
        reason = f"a gate refused the repair: {gate}"
        sites = [{**site, "reason": reason, "detail": evidence[:300]} for site in state.repaired]
        self.run.record.add(e.BatchRefused(batch.id, batch.agent, gate, evidence, sites))
        self.run.leases.release(batch.id, self.run.record.state.batches[batch.id].token)
        if self.run.options.fail_fast:
            raise Stop(f"--fail-fast: {batch.id} was refused by {gate}")
