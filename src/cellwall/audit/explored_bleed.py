"""Lets two users do all that is theirs at once under the deterministic loop, schedule after schedule.

Each schedule has a new application and new users, so that what one leaves behind is not taken for the next
one's. Requests are cancelled at chosen awaits as well. Needs a factory: an application that is there already
is bound to another loop.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Any, final

from cellwall.audit.accounts import Accounts
from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.asgi_transport import AsgiTransport
from cellwall.audit.audit_run import AuditPlan
from cellwall.audit.confirmed import confirmed
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding
from cellwall.audit.judge import excerpt, shown
from cellwall.audit.knowledge import Knowledge
from cellwall.audit.lab import Lab
from cellwall.audit.own_call import OwnCalls
from cellwall.audit.seeding import seed
from cellwall.canary import CanaryBook
from cellwall.explore import Run, explore
from cellwall.project.number_of import number_of
from cellwall.testing.clients.lifespan import lifespan

_SEEDS = 100_003  # users of one audit's schedules are no other audit's


def explored_bleed(
    make_app: Callable[[], Any], plan: AuditPlan, *, schedules: int, known: Collection[str]
) -> tuple[list[Finding], str]:
    """Search the schedules; `known` are operations that leak to one who asks alone.

    Gives the findings, one an operation, and what was searched. A canary in the wrong answer is certain, so
    nothing has to be found twice.
    """
    rehearsal = _Rehearsal(make_app, plan, frozenset(known))
    exploration = explore(rehearsal.scenario, schedules=schedules, cancel=True, seed=plan.seed)
    failed = len(exploration.failures) + len(exploration.unrepeatable)
    words = f"{number_of(rehearsal.runs, 'schedule')} of both users' own requests at once, with cancellations"
    return list(rehearsal.found.values()), words + (f"; {failed} ended with an error" if failed else "")


@final
class _Rehearsal:
    """One scenario for every schedule, and what was seen in any of them."""

    def __init__(self, make_app: Callable[[], Any], plan: AuditPlan, known: frozenset[str]) -> None:
        self._make_app, self._plan, self._known = make_app, plan, known
        self.runs = 0
        self.found: dict[str, Finding] = {}

    async def scenario(self, run: Run) -> None:
        """Make application, users and content one after the other; then let both ask at once."""
        self.runs += 1
        app = self._make_app()
        async with lifespan(app):
            lab = await self._lab(app)
            keys = [key for key, owner in lab.own if owner == ALICE and (key, BOB) in lab.own]
            wanted = [key for key in keys if key not in self._known]
            answers: list[Exchange] = []

            def asking(name: str) -> Awaitable[None]:
                return _ask(lab, name, wanted, answers)

            run.begin()
            tasks = [run.handler(name, asking(name)) for name in (ALICE, BOB)]  # type: ignore[arg-type]
            for task in tasks:
                with suppress(BaseException):  # cancelled by the schedule, or by what the application raises
                    await task
            run.end()
            for answer in answers:
                self._judge(lab, answer)

    async def _lab(self, app: Any) -> Lab:
        plan = self._plan
        knowledge = Knowledge(CanaryBook(plan.seed * _SEEDS + self.runs))
        calls = OwnCalls(knowledge, plan.values)
        lab = Lab(AsgiTransport(app), plan.operations, knowledge, calls, app=app, patience=0)
        kind = plan.kinds[0]
        accounts = Accounts(lab, sign_up=kind.sign_up, sign_in=kind.sign_in)
        for name in (ALICE, BOB):
            await accounts.make(name)
        await seed(lab)
        return lab

    def _judge(self, lab: Lab, answer: Exchange) -> None:
        owner = BOB if answer.actor == ALICE else ALICE
        values = shown(lab.knowledge, answer, owner)
        if not values or answer.operation in self.found:
            return
        self.found[answer.operation] = confirmed(
            "concurrent-bleed", lab.operation(answer.operation), "together", answer,
            reason="ordinary traffic shows users each other's data",
            evidence=f"in schedule {self.runs}, {answer.actor}, beside requests of {owner}'s, was answered "
            f"with {owner}'s {excerpt(answer.response, values)}",
        )  # fmt: skip


async def _ask(lab: Lab, name: str, keys: list[str], answers: list[Exchange]) -> None:
    for key in keys:
        answers.append(await lab.call(lab.actors[name], lab.own[key, name], count=False))
