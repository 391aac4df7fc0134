"""Has patches judged: the validation queue, with one judge's process per slot, each with two workspaces."""

import asyncio
from contextlib import aclosing
from typing import Final

from cellwall.migrate import events as e
from cellwall.migrate.batch import Batch, Patch
from cellwall.migrate.processes import ChildError
from cellwall.migrate.run import Run
from cellwall.project.config_record import config_to_record

MODULE: Final = "cellwall.migrate.judge_process"
ATTEMPTS: Final = 3  # judges given to one patch before it is refused for want of a verdict


class Judges:
    """A pool of judges; a patch waits until one is free."""

    def __init__(self, run: Run, slots: int) -> None:
        self.run = run
        self.free: asyncio.Queue[int] = asyncio.Queue()
        for slot in range(slots):
            self.free.put_nowait(slot)

    async def judge(self, batch: Batch, patch: Patch) -> e.Judged | None:
        """Give the refusing verdict, or None when every gate passed; recorded verdicts stand."""
        state = self.run.record.state.batches[batch.id]
        if refused := next((v for v in state.verdicts.values() if not v.passed), None):
            return refused
        slot = await self.free.get()
        try:
            return await self._with_patience(batch, patch, slot)
        finally:
            self.free.put_nowait(slot)

    async def _with_patience(self, batch: Batch, patch: Patch, slot: int) -> e.Judged | None:
        message = ""
        for _ in range(ATTEMPTS):
            try:
                return await self._ask(batch, patch, slot)
            except ChildError as error:
                message = str(error)
                self.run.record.add(e.Warned(f"the judge of {batch.id} ended without a verdict: {message}"))
        digest = self.run.record.state.batches[batch.id].digest
        verdict = e.Judged(batch.id, digest, "judge", False, message, {}, 0.0)
        self.run.record.add(verdict)
        return verdict

    async def _ask(self, batch: Batch, patch: Patch, slot: int) -> e.Judged | None:
        run = self.run
        state = run.record.state.batches[batch.id]
        base_dir = await asyncio.to_thread(run.workspace, f"judge-{slot}-base", run.shared_base)
        patched_dir = await asyncio.to_thread(run.workspace, f"judge-{slot}-patched", run.shared_base)
        await asyncio.to_thread(run.farm.apply, f"judge-{slot}-patched", patch.changes)
        request = {
            "project": config_to_record(run.project),
            "patch": str(run.directory.patches / state.file),
            "digest": state.digest,
            "base_dir": str(base_dir),
            "patched_dir": str(patched_dir),
            "allowed": list(batch.paths),
            "facts": str(run.facts_path),
            "run_tests": run.options.validate_continuously,
            "done": [verdict.gate for verdict in state.verdicts.values() if verdict.passed],
        }
        started = lambda pid: run.record.add(e.JudgingStarted(batch.id, pid))  # noqa: E731  one line says it
        async with aclosing(run.children.answers_of(MODULE, request, started=started)) as answers:
            async for answer in answers:
                verdict = e.Judged(batch=batch.id, digest=state.digest, **answer)
                run.record.add(verdict)
                run.window("verdict journalled")
                if not verdict.passed:
                    return verdict
        return None
