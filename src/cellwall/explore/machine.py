"""Makes run after run of one scenario."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, final

from cellwall.explore.asyncio_private import drop_pending_warning
from cellwall.explore.clearing import clear
from cellwall.explore.errors import ExploreError
from cellwall.explore.failing import failure_kind, failure_text, first_failure, loop_message
from cellwall.explore.loop import MOST_STEPS, ExplorerLoop, Observer
from cellwall.explore.outcome import Outcome
from cellwall.explore.process_loop import process_loop
from cellwall.explore.run import Run, Scenario
from cellwall.explore.schedule import Schedule, overtakings_of
from cellwall.explore.strategies.strategy import Plan

Judge = Callable[[Outcome], "str | None"]
MAX_STALL: Final = 0.5  # s
_MOST_NOTES: Final = 10


@final
@dataclass(frozen=True, slots=True)
class _Seen:
    """What one run tells while it goes on: who was overtaken when and by whom, and the loop's messages."""

    pairs: list[tuple[str, int, str]]
    notes: list[str]


@final
class Machine:
    """Makes run after run of one scenario in this thread's loop; `marks` are those of the last run."""

    def __init__(
        self, scenario: Scenario, *, judge: Judge | None = None, max_stall: float = MAX_STALL
    ) -> None:
        self.scenario = scenario
        self.judge = judge
        self.max_stall = max_stall
        self.amplified = False  # every run is, whatever its plan says
        self.marks: tuple[tuple[int, str], ...] = ()

    def run(
        self,
        plan: Plan,
        *,
        record: bool = False,
        observe: Observer | None = None,
        free_steps: int = MOST_STEPS,
    ) -> Outcome:
        """Make one run; `record` keeps its choices, the strategy is asked for at most `free_steps` steps."""
        loop = process_loop()
        seen = _Seen([], [])
        collecting, outer = gc.isenabled(), loop.get_exception_handler()
        gc.disable()  # a collection ends asynchronous generators, at a moment that no schedule names
        loop.set_exception_handler(lambda _loop, context: seen.notes.append(loop_message(context)))
        loop.engage()
        try:
            loop.max_stall, loop.free_steps = self.max_stall, free_steps
            loop.amplified = self.amplified or plan.amplified
            loop.record = (lambda *pair: seen.pairs.append(pair)) if record else None
            if observe is not None:
                loop.watch_steps(observe)
            run = Run(loop, plan.chooser, plan.cancellations, plan.seed)
            outcome = _outcome(loop, run, plan.seed, seen, _complete(loop, run, self.scenario))
            self.marks = tuple(run.marks)
        finally:
            clear(loop)
            loop.disengage()
            loop.set_exception_handler(outer)
            if collecting:
                gc.enable()
        verdict = self.judge(outcome) if self.judge and not outcome.failed else None
        return replace(outcome, failure=verdict, kind="judge") if verdict else outcome


def _complete(loop: ExplorerLoop, run: Run, scenario: Scenario) -> tuple[object, BaseException | None]:
    """Run the scenario to its end and give its result or exception."""

    async def whole() -> object:
        return await scenario(run)

    task = loop.create_task(whole(), name="main")
    loop.lanes[task].name = "main"
    try:
        return loop.run_until_complete(task), None
    except (KeyboardInterrupt, SystemExit):
        raise
    except ExploreError as error:
        drop_pending_warning(task)
        return None, error
    except BaseException as error:  # the edge of what is run: a test may end with any exception
        if not task.done() and not isinstance(error, RuntimeError):  # the latter: somebody stopped the loop
            drop_pending_warning(task)
            raise  # no step raised it: an alarm struck between two, and is no schedule's failure
        return None, error
    finally:
        run.end()


def _outcome(
    loop: ExplorerLoop,
    run: Run,
    seed: int,
    seen: _Seen,
    end: tuple[object, BaseException | None],
) -> Outcome:
    """Give what the run came to, before its judge has seen it."""
    result, error = end
    handlers = run.ended()
    failed = first_failure(error, handlers, struck=bool(loop.struck))
    return Outcome(
        result=result,
        error=failed[1] if failed else error,
        failure=failure_text(*failed) if failed else None,
        kind=failure_kind(failed[1]) if failed else "",
        schedule=Schedule(
            overtakings_of(seen.pairs),
            tuple(struck for struck, _ in loop.struck),
            seed,
            amplified=loop.amplified,
        ),
        trace=tuple(loop.trace),
        handlers=handlers,
        struck=tuple(loop.struck),
        choices=loop.choices,
        uncontrolled=loop.sources.noted,
        notes=tuple(seen.notes[:_MOST_NOTES]),
        inlined=tuple(loop.inlined),
    )
