"""Binds a pytest item to its run as many users: before its set-up, in place of its body, and after."""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, final

import pytest

from cellwall.explore import UVLOOP, UnsupportedPythonError, require_tested_python
from cellwall.project.number_of import number_of
from cellwall.testing.many_users.alone import repeat_alone
from cellwall.testing.many_users.asked_loop import asks_for_uvloop
from cellwall.testing.many_users.constants import Placed, constants_of
from cellwall.testing.many_users.ending import ends_all
from cellwall.testing.many_users.fixture_plan import Maker
from cellwall.testing.many_users.own_values import watching_item
from cellwall.testing.many_users.probing import Probing
from cellwall.testing.many_users.pytest_private import all_names, without_wrapper
from cellwall.testing.many_users.refusal import Refusal, refuse
from cellwall.testing.many_users.report import report
from cellwall.testing.many_users.result import BODY, RunResult
from cellwall.testing.many_users.rewrite import Rewrite, Unchanged
from cellwall.testing.many_users.running import Interleaver, Scenario, Tried
from cellwall.testing.many_users.scenario import FIRST_USER, TestAsManyUsers
from cellwall.testing.many_users.selection import Selected, is_ours
from cellwall.testing.many_users.verdict import UNDECIDED, Verdict, decide
from cellwall.testing.probes import Exchange

_TOLD_APART: Final = (pytest.skip.Exception, pytest.xfail.Exception, Refusal)
_NOT_PYTESTS: Final = object()  # stands where pytest would put a fixture's value


@final
class ItemRun:
    """One item's run; `prepare` before pytest makes fixtures, `made` after, `runtest` as the body."""

    def __init__(self, item: Any, selected: Selected, interleaver: Interleaver) -> None:
        self._item, self._interleaver = item, interleaver
        self._plan, self._settings = selected.plan, selected.settings
        self._salts = (f"{self._settings.salt}/{item.nodeid}/{number}" for number in itertools.count())
        self._given: dict[str, Any] = {}  # the arguments of a user's functions

    def prepare(self) -> None:
        """Keep pytest from making what users have of their own, and from running the body itself."""
        for name in all_names(self._item):
            if self._plan.maker(name) is not Maker.PYTEST:
                self._item.funcargs.setdefault(name, _NOT_PYTESTS)
        self._item.runtest = self.runtest

    def made(self) -> None:
        """Take away what stood in the place of values: other plugins look at them too."""
        values = self._item.funcargs
        for name in [name for name, value in values.items() if value is _NOT_PYTESTS]:
            del values[name]

    def runtest(self) -> None:
        """Run the test as many users.

        Raises:
            BaseException: the first failure, as it was raised.
        """
        __tracebackhide__ = _hides
        if str(self._item.funcargs.get("anyio_backend", "")).startswith("trio"):
            refuse("it runs on trio, and users run on asyncio")
        if self._settings.explores:
            _require_tested_python()
        if asks_for_uvloop(self._item.funcargs):
            self._settings = replace(self._settings, not_covered=(UVLOOP,))
        with watching_item():
            tried = self._tried()
            error = self._outcome(tried)
        if error is not None:
            raise error

    def _tried(self) -> Tried:
        """Run with the probes first; that run is the only one where no other schedules are asked for.

        A body that fails in it is searched for by schedules all the same: what they find can be repeated.
        """
        settings = self._settings
        if not settings.probes or settings.schedule:
            return self._interleaver.run(self._scenario, settings)
        probing = Probing(FIRST_USER, self._alone() if settings.presence else ())
        if not settings.explores:
            tried = self._interleaver.run(lambda turn: self._probed(turn, probing), settings)
        else:
            nothing = Tried(RunResult(), 0, "")
            result = self._interleaver.again(self._probed(0, probing), nothing)
            replay = f"--concurrent-users {settings.users} --isolation-seed {settings.seed}"
            tried = Tried(result, 1, replay, {"users": settings.users, "runs": 1})
            if not result.failures or _is_schedules(result):
                explored = self._interleaver.run(self._scenario, settings)
                if explored.result.failures or not result.failures:
                    tried = explored
        return replace(tried, certificate={**tried.certificate, **probing.told})

    def _probed(self, turn: int, probing: Probing) -> Scenario:
        return self._with(self._settings.users, self._noting, probing)(turn)

    def _alone(self) -> list[Sequence[Exchange]]:
        """Give what a user exchanges without any other, twice, to tell what differs by itself."""
        found = []
        for _ in range(2):
            probing = Probing(FIRST_USER)
            scenario = self._with(1, _unchanged, probing)(0)
            self._interleaver.again(scenario, Tried(RunResult(), 0, ""))
            found.append(probing.exchanges_of(FIRST_USER))
        return found

    def _outcome(self, tried: Tried) -> BaseException | None:
        first = tried.result.first
        skipping = tried.result.skipping
        if first is not None and 0 < len(skipping) < len(tried.result.users) and first.user in skipping:
            others = len(tried.result.users) - len(skipping)
            skip = number_of(len(skipping), "user skips", "users skip")
            return Refusal(f"{skip} ({first.error}), {number_of(others, 'does', 'do')} not")
        verdict = None if first is None or _is_no_evidence(first.error) else self._verdict(tried)
        if verdict is not None and tried.certificate.get("repeats"):
            tried, verdict = self._repeated_alone(tried, verdict)
        report(self._item, tried, verdict, self._settings)
        return None if first is None else first.error

    def _repeated_alone(self, tried: Tried, verdict: Verdict) -> tuple[Tried, Verdict]:
        """Repeat the schedule in a fresh process; what passes there needs what runs left in this one."""
        alone = repeat_alone(self._item, tried.replay)
        told = alone.told(tried.certificate["trace_hash"])
        tried = replace(tried, certificate={**tried.certificate, "alone": told})
        if alone.verdict == "passed":
            text = f"{verdict.text}; but in a fresh process the same schedule passes: something stayed here"
            return tried, Verdict(UNDECIDED, text)
        return tried, verdict

    def _verdict(self, tried: Tried) -> Verdict:
        seed = self._settings.seed + (0 if self._settings.explores else tried.runs - 1)

        def again(users: int, rewrite: Callable[[str], Rewrite | None]) -> RunResult:
            return self._interleaver.again(self._with(users, rewrite)(seed), tried)

        return decide(tried.result, self._constants, again)

    def _scenario(self, turn: int) -> Scenario:
        return self._with(self._settings.users, self._noting)(turn)

    def _noting(self, user: str) -> Rewrite | None:
        """Note the arguments of the first user; a constant that is among them all others have too."""
        return Unchanged(self._given) if user == FIRST_USER else None

    def _with(
        self,
        users: int,
        rewrite: Callable[[str], Rewrite | None],
        probing: Probing | None = None,
    ) -> Callable[[int], Scenario]:
        def make(turn: int) -> Scenario:
            explores = self._settings.explores  # then the order is the schedule's
            order = random.Random(turn) if turn and not explores else None
            return TestAsManyUsers(
                self._item,
                self._plan,
                users,
                salts=self._salts,
                order=order,
                rewrite=rewrite,
                probing=probing,
            )

        return make

    def _constants(self) -> list[Placed]:
        makers = {name: self._plan.maker(name) for name in all_names(self._item)}
        definitions = [self._plan.definition(name, -1) for name, made in makers.items() if made is Maker.USER]
        functions = [without_wrapper(each)[0] for each in definitions if each is not None]
        own = [each for each in functions if not is_ours(each)]
        return constants_of([self._item.obj, *own], self._given.items())


def _unchanged(_: str) -> None:
    return None


def _require_tested_python() -> None:
    """Refuse to explore where the explorer's loop does not know asyncio.

    Raises:
        Refusal: it was not tested on this Python.
    """
    try:
        require_tested_python()
    except UnsupportedPythonError as error:
        why = f"{error} Or leave out --schedules and --isolation-budget"
    else:
        return
    refuse(why)


def _hides(caught: Any) -> bool:
    """Hide these frames from failures of the test's; a refusal has no others."""
    return not isinstance(caught.value, Refusal)


def _is_schedules(result: RunResult) -> bool:
    """Tell whether the run failed by what a schedule can show: in a body, by an error that is evidence."""
    first = result.first
    return first is not None and first.phase == BODY and not _is_no_evidence(first.error)


def _is_no_evidence(error: BaseException) -> bool:
    """Tell whether the error says nothing about users: somebody ended the run, or a user skipped."""
    return isinstance(error, _TOLD_APART) or ends_all(error)
