"""Searches the schedules of a scenario for one that fails."""

import copy
import gc
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, final

from cellwall.explore.certificate import Certificate
from cellwall.explore.controlled import controlled
from cellwall.explore.exploration import Exploration, Failure
from cellwall.explore.machine import MAX_STALL, Judge, Machine
from cellwall.explore.outcome import Outcome
from cellwall.explore.run import Scenario
from cellwall.explore.schedule import HERE
from cellwall.explore.shrink import shrink
from cellwall.explore.steps import Step
from cellwall.explore.strategies.cancellation_sweep import CancellationSweep, DelayedCancellationSweep
from cellwall.explore.strategies.delay_sweep import DelaySweep
from cellwall.explore.strategies.portfolio import portfolio
from cellwall.explore.strategies.strategy import Plan, Strategy
from cellwall.explore.telling import plan_of, steps_of
from cellwall.explore.uncontrolled import watch_questions

SCHEDULES: Final = 200  # when neither a number nor a time is given
_COLLECT_EVERY: Final = 100  # runs


def explore(
    scenario: Scenario,
    *,
    schedules: int | None = None,
    seconds: float | None = None,
    cancel: bool = True,
    seed: int = 0,
    judge: Judge | None = None,
    strategies: Sequence[Strategy] | None = None,
    max_stall: float = MAX_STALL,
    max_delays: int = 2,
    most_failures: int = 1,
    amplify: bool = False,
    not_covered: Sequence[str] = (),
) -> Exploration:
    """Run the scenario under schedule after schedule and give what failed, shrunk and replayed, and what was
    covered.

    The scenario is called once a schedule and builds its world anew. It ends after `schedules` runs,
    `seconds`, or `most_failures` different failures; with neither number nor time after SCHEDULES runs.
    `strategies` take turns; by default it is the portfolio, with cancellations if `cancel`, and at most
    `max_delays` delays in one run. `max_stall` (s) bounds how long what is due may wait while the clock
    passes. The run that goes first come, first served is always made first, twice. With `amplify`, a
    search that found nothing is made once more with rewritten awaits pausing; what that finds is conditional.
    `not_covered` are sentences of who calls, for the certificate.
    """
    chosen = list(strategies) if strategies is not None else portfolio(seed, cancel=cancel, bound=max_delays)
    if schedules is None and seconds is None:
        schedules = SCHEDULES
    fresh = copy.deepcopy(chosen) if amplify else []
    machine = Machine(scenario, judge=judge, max_stall=max_stall)
    with controlled() as replaced:
        left_out = tuple(dict.fromkeys((*replaced, *not_covered)))
        search = _Search(machine, chosen, most_failures)
        search.go(schedules, seconds)
        exploration = search.result(seed, left_out, cancel=cancel)
        if not amplify or not exploration.clean:
            return exploration
        machine.amplified = True
        again = _Search(machine, fresh, most_failures)
        again.go(schedules, seconds)
        return _with_conditional(exploration, again.result(seed, left_out, cancel=cancel))


def _with_conditional(plain: Exploration, amplified: Exploration) -> Exploration:
    """Give the plain exploration with what the amplified one found."""
    runs = {f"{name}, amplified": count for name, count in amplified.certificate.schedules.items()}
    certificate = replace(
        plain.certificate,
        schedules=plain.certificate.schedules | runs,
        seconds=plain.certificate.seconds + amplified.certificate.seconds,
        amplified=amplified.certificate.runs,
        cpu_seconds=plain.certificate.cpu_seconds + amplified.certificate.cpu_seconds,
    )
    return replace(plain, certificate=certificate, conditional=amplified.failures)


@final
class _Search:
    """The state of one exploration."""

    def __init__(self, machine: Machine, strategies: list[Strategy], most_failures: int) -> None:
        self._machine = machine
        self._strategies = strategies
        self._most_failures = most_failures
        self._counts = {"first come, first served": 0, **{strategy.name: 0 for strategy in strategies}}
        self._failures: list[Failure] = []
        self._unrepeatable: list[Failure] = []
        self._uncontrolled: dict[str, None] = {}
        self._inlined: dict[str, None] = {}
        self._handlers: tuple[str, ...] = ()
        self._begun, self._cpu_begun = time.monotonic(), time.process_time()

    def go(self, schedules: int | None, seconds: float | None) -> None:
        """Make runs until there is no need, no time, or none left."""
        until = None if seconds is None else self._begun + seconds
        free_steps = self._plain_runs()
        active = list(self._strategies)
        while active and len(self._failures) + len(self._unrepeatable) < self._most_failures:
            for strategy in list(active):
                if (schedules is not None and self._made() >= schedules) or (
                    until is not None and time.monotonic() >= until
                ):
                    return
                plan = strategy.plan()
                if plan is None:
                    active.remove(strategy)
                    continue
                outcome = self._run(plan, strategy.name, free_steps)
                if outcome.failed:
                    # Asked again without `learn`, the strategy gives the same run with a fresh chooser.
                    self._take(outcome, strategy.plan() or plan, strategy.name)
                    if len(self._failures) + len(self._unrepeatable) >= self._most_failures:
                        return
                strategy.learn(outcome)

    def _made(self) -> int:
        return sum(self._counts.values())

    def _run(self, plan: Plan, name: str, free_steps: int) -> Outcome:
        self._counts[name] += 1
        outcome = self._machine.run(plan, free_steps=free_steps)
        for what in outcome.uncontrolled:
            self._uncontrolled[what] = None
        self._inlined |= dict.fromkeys(outcome.inlined)
        if self._made() % _COLLECT_EVERY == 0:
            gc.collect(1)
        return outcome

    def _plain_runs(self) -> int:
        """Make the plain run twice and give after how many steps a strategy is not asked any more."""
        name = next(iter(self._counts))
        first = self._run(Plan(), name, 1 << 30)
        second = self._run(Plan(), name, 1 << 30)
        self._handlers = tuple(second.handlers)
        for strategy in self._strategies:
            if strategy.plan() == Plan():  # it asks for this very run
                strategy.learn(second)
        if first.trace_hash != second.trace_hash:
            self._watch()
            self._uncontrolled["two runs of the same schedule differed"] = None
        if second.failed:
            self._take(second, Plan(), name)
        return 20 * second.steps + 2000

    def _take(self, found: Outcome, plan: Plan, strategy: str) -> None:
        """Record the choices of a failing run, shrink them, and replay the result."""
        recorded = self._machine.run(plan, record=True)
        attempt = lambda schedule: self._machine.run(plan_of(schedule), record=True)  # noqa: E731
        if not _alike(recorded, found):
            self._watch()
            self._unrepeatable.append(self._failure(found, strategy, (), repeats=False))
            return
        best, runs = shrink(recorded, attempt)
        steps, replayed = steps_of(self._machine, best.schedule)
        alike = _alike(replayed, best) and replayed.trace_hash == best.trace_hash
        failure = self._failure(best, strategy, steps, repeats=alike, runs=runs)
        (self._failures if alike else self._unrepeatable).append(failure)

    def _watch(self) -> None:
        """Make the plain run once more to see what it uses that no schedule decides."""
        for use in watch_questions(lambda: self._machine.run(Plan())):
            self._uncontrolled[use] = None

    def _failure(
        self, outcome: Outcome, strategy: str, steps: tuple[Step, ...], *, repeats: bool, runs: int = 0
    ) -> Failure:
        return Failure(
            message=outcome.failure or "",
            kind=outcome.kind,
            error=outcome.error,
            schedule=outcome.schedule,
            found_by=strategy,
            found_at=self._made(),
            outcome=outcome,
            steps=steps,
            repeats=repeats,
            uncontrolled=() if repeats else tuple(self._uncontrolled) or ("nothing that was noticed",),
            shrinking_runs=runs,
        )

    def result(self, seed: int, left_out: Sequence[str], *, cancel: bool) -> Exploration:
        """Give what was found and covered."""
        sweep = next((s for s in self._strategies if isinstance(s, CancellationSweep)), None)
        delayed = next((s for s in self._strategies if isinstance(s, DelayedCancellationSweep)), None)
        delays = next((s for s in self._strategies if isinstance(s, DelaySweep)), None)
        certificate = Certificate(
            handlers=self._handlers,
            schedules=self._counts,
            points=sweep.points if sweep else 0,
            swept=sweep.swept if sweep else 0,
            delay_points=delayed.points if delayed else 0,
            delayed=delayed.swept if delayed else 0,
            delays=delays.complete if delays else -1,
            max_stall=self._machine.max_stall,
            seconds=time.monotonic() - self._begun,
            seed=seed,
            python=HERE,
            not_covered=tuple(self._not_covered(left_out, cancel=cancel)),
            cpu_seconds=time.process_time() - self._cpu_begun,
        )
        return Exploration(tuple(self._failures), tuple(self._unrepeatable), certificate)

    def _not_covered(self, left_out: Sequence[str], *, cancel: bool) -> list[str]:
        sentences = [f"not controlled: {what}" for what in self._uncontrolled]
        if not cancel:
            sentences.append("handlers were not cancelled")
        for of in self._inlined:
            sentences.append(f"{of} runs its threads' jobs in the loop's thread: two of them never overlap")
        return [*sentences, *left_out]


def _alike(one: Outcome, other: Outcome) -> bool:
    return one.failed == other.failed and one.kind == other.kind
