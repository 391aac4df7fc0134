"""Interleaves users by exploring schedules and cancellations in one deterministic loop, and replays them."""

from collections.abc import Mapping
from typing import Any, final

from cellwall.explore import Failure as Found
from cellwall.explore import Outcome, Schedule, close_process_loop, explore, run_once
from cellwall.testing.many_users.ending import ends_all
from cellwall.testing.many_users.result import BODY, Failure, RunResult
from cellwall.testing.many_users.running import MakeScenario, Scenario, Tried
from cellwall.testing.many_users.schedule_words import drawing_of, words_of
from cellwall.testing.many_users.settings import IsolationSettings


@final
class Explored:
    """The explorer; used where schedules, a budget or one schedule to repeat are asked for."""

    def run(self, make: MakeScenario, settings: IsolationSettings) -> Tried:
        """Search for a schedule that fails, or repeat the one that the settings name.

        Raises:
            ScheduleTextError: the text of the schedule is none.
        """
        __tracebackhide__ = True
        if settings.schedule:
            return self._repeated(make, settings)
        found = explore(
            make(settings.seed),
            schedules=settings.schedules,
            seconds=settings.budget,
            cancel=settings.cancel,
            seed=settings.seed,
            judge=judge,
            amplify=bool(settings.amplify),
            not_covered=settings.not_covered,
        )
        certificate = {
            "users": settings.users,
            "runs": found.certificate.runs,
            "certificate": found.certificate.as_data(),
            "told": str(found.certificate),
            "conditional": [_conditional(each, settings) for each in found.conditional],
        }
        failures = (*found.failures, *found.unrepeatable)
        if not failures:
            return Tried(RunResult(), found.certificate.runs, "", certificate)
        first = failures[0]
        replay = f"--concurrent-users {settings.users} --schedule {first.schedule}"
        if not first.repeats:
            replay += f"  (did not fail alike again; not controlled: {', '.join(first.uncontrolled)})"
        certificate |= {"found_by": first.found_by, "found_at": first.found_at, "how": words_of(first)}
        certificate |= {"trace_hash": first.outcome.trace_hash, "repeats": first.repeats}
        result = result_of(first.outcome)
        return Tried(result, first.found_at, replay, certificate, first.schedule, drawing_of(first))

    def again(self, scenario: Scenario, tried: Tried) -> RunResult:
        """Run once more under the schedule that failed."""
        schedule = tried.schedule if isinstance(tried.schedule, Schedule) else Schedule()
        return result_of(run_once(scenario, schedule, judge=judge))

    def close(self) -> None:
        """Close the explorer's loop."""
        close_process_loop()

    def _repeated(self, make: MakeScenario, settings: IsolationSettings) -> Tried:
        schedule = Schedule.parse(settings.schedule)
        outcome = run_once(make(settings.seed), schedule, judge=judge)
        figures: Mapping[str, Any] = {
            "users": settings.users,
            "runs": 1,
            "told": "\n".join(outcome.notes),
            "trace_hash": outcome.trace_hash,
        }
        replay = f"--concurrent-users {settings.users} --schedule {schedule}"
        return Tried(result_of(outcome), 1, replay, figures, schedule)


def _conditional(failure: Found, settings: IsolationSettings) -> str:
    """Say what only amplified awaits show, and how to repeat it."""
    packages = " ".join(f"--amplify {package}" for package in settings.amplify)
    options = f"--concurrent-users {settings.users} {packages} --schedule {failure.schedule}"
    return f"{failure.message.splitlines()[0]}; repeat: {options}"


def judge(outcome: Outcome) -> str | None:
    """Say why a run failed: by its first failure that counts.

    Raises:
        BaseException: what a user was ended by; another run of that schedule would meet no alarm, and hang.
    """
    result = outcome.result
    if not isinstance(result, RunResult) or result.first is None:
        return None
    error = result.first.error
    for each in result.failures:
        if ends_all(each.error):
            raise each.error
    return f"{result.first.phase}: {type(error).__name__}: {str(error)[:200]}"


def result_of(outcome: Outcome) -> RunResult:
    """Give the run's result; a run that came to none (a deadlock) failed by what ended it."""
    result = outcome.result if isinstance(outcome.result, RunResult) else RunResult()
    if outcome.error is not None:
        result.failures.insert(0, Failure("", BODY, outcome.error))
    return result
