"""Runs a schedule once more to tell it: each step with the place that it came to, and what was seen in it."""

from dataclasses import replace

from cellwall.explore.lane import Lane
from cellwall.explore.machine import Machine
from cellwall.explore.outcome import Outcome
from cellwall.explore.process_loop import process_loop
from cellwall.explore.schedule import Schedule
from cellwall.explore.steps import Step, step_of
from cellwall.explore.strategies.replay import Replay
from cellwall.explore.strategies.strategy import Plan


def plan_of(schedule: Schedule) -> Plan:
    """Give the run that makes the schedule's choices."""
    chooser = Replay(schedule.overtakings) if schedule.overtakings else None
    return Plan(chooser, schedule.cancellations, schedule.seed, schedule.amplified)


def steps_of(machine: Machine, schedule: Schedule) -> tuple[tuple[Step, ...], Outcome]:
    """Run the schedule and give its steps, with cancellations, marks and the failing end marked."""
    loop = process_loop()
    steps: list[Step] = []
    struck: dict[int, list[str]] = {}

    def observe(lane: Lane) -> None:
        steps.append(step_of(lane, loop.now))
        while len(loop.struck) > sum(map(len, struck.values())):
            cancellation, _ = loop.struck[sum(map(len, struck.values()))]
            struck.setdefault(len(steps) - 1, []).append(f"{cancellation.lane} is cancelled")

    outcome = machine.run(plan_of(schedule), record=True, observe=observe)
    marks = dict(struck)
    for at, text in machine.marks:
        marks.setdefault(min(at, len(steps)) - 1, []).append(text)
    if outcome.failure and (
        outcome.error is not None or not machine.marks
    ):  # else the scenario has said where
        marks.setdefault(_failing_step(steps, outcome), []).append(outcome.failure)
    marked = [replace(step, marks=tuple(marks.get(index, ()))) for index, step in enumerate(steps)]
    return tuple(marked), outcome


def _failing_step(steps: list[Step], outcome: Outcome) -> int:
    """Give the step in which the failing handler ended, else the last one."""
    name = next(
        (name for name, handler in outcome.handlers.items() if handler.error is outcome.error), "main"
    )
    ends = [index for index, step in enumerate(steps) if step.lane == name and step.ended]
    return ends[-1] if ends and outcome.error is not None else len(steps) - 1
