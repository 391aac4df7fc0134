"""Makes one run of a scenario under a given schedule."""

from dataclasses import replace

from cellwall.explore.controlled import controlled
from cellwall.explore.loop import Observer
from cellwall.explore.machine import MAX_STALL, Judge, Machine
from cellwall.explore.outcome import Outcome
from cellwall.explore.run import Scenario
from cellwall.explore.schedule import HERE, PLAIN, Schedule
from cellwall.explore.telling import plan_of


def run_once(
    scenario: Scenario,
    schedule: Schedule | str = PLAIN,
    *,
    judge: Judge | None = None,
    max_stall: float = MAX_STALL,
    observe: Observer | None = None,
) -> Outcome:
    """Run the scenario once under the schedule and give what came of it, with the choices that were made.

    `judge` looks at the outcome of a run without an exception, and gives why it failed or None. `max_stall`
    (s) bounds how long what is due may wait while the clock passes. `observe` is called after each step with
    its lane. Raises NestedRunError inside of a running loop, ScheduleTextError for a text that is none.
    """
    chosen = Schedule.parse(schedule) if isinstance(schedule, str) else schedule
    with controlled():
        machine = Machine(scenario, judge=judge, max_stall=max_stall)
        outcome = machine.run(plan_of(chosen), record=True, observe=observe)
    if chosen.python != HERE:
        note = f"the schedule was found on Python {chosen.python}, this is {HERE}: it may not mean the same"
        outcome = replace(outcome, notes=(*outcome.notes, note))
    return outcome
