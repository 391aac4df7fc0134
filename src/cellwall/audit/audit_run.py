"""Runs the dynamic part: users, content, probes in their order, and a last look at both users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

from cellwall.audit.account_kind import AccountKind, AccountsByName
from cellwall.audit.accounts import Accounts
from cellwall.audit.actor import ALICE, BOB, Actor
from cellwall.audit.app_routes import Route
from cellwall.audit.coverage import Coverage, Row
from cellwall.audit.finding import Finding
from cellwall.audit.investigation import Investigation
from cellwall.audit.knowledge import Knowledge
from cellwall.audit.lab import DEPTH, Lab
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import Outcome
from cellwall.audit.own_call import OwnCalls
from cellwall.audit.probes.registry import PROBES
from cellwall.audit.reference import takes_id
from cellwall.audit.sharing_rules import SharingRules
from cellwall.audit.transport import Transport
from cellwall.canary import CanaryBook
from cellwall.project.number_of import number_of


@final
@dataclass(frozen=True)
class AuditPlan:
    """What is to be audited, and how.

    Attributes:
        kinds: what kind of account alice is, and what kind bob is.
        values: parameter values that the user gives.
        shared: patterns of what is shared by design; private, of what was said not to be.
        channels: WebSocket routes.
        only: keys of the operations that are probed, None for all; the others only make content.
        probes: names of the probes that are run, None for all.
    """

    operations: Sequence[Operation]
    seed: int = 0
    depth: int = DEPTH
    kinds: tuple[AccountKind, AccountKind] = (AccountKind(), AccountKind())
    values: Mapping[str, Any] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    only: frozenset[str] | None = None
    probes: frozenset[str] | None = None
    channels: tuple[Route, ...] = ()


@final
@dataclass(frozen=True)
class Result:
    """What the dynamic part found."""

    findings: tuple[Finding, ...]
    coverage: Coverage
    users_usable: bool
    requests: int
    notes: tuple[str, ...]


async def run_audit(plan: AuditPlan, transport: Transport, *, app: Any = None) -> Result:
    """Audit the application behind the transport.

    Raises:
        NoUsersError: nobody could be made or was given.
    """
    at = await prepared(plan, transport, app)
    outcomes: dict[str, dict[str, Outcome]] = defaultdict(dict)
    channels = [_channel(route) for route in plan.channels]
    for probe in (each for each in PROBES if plan.probes is None or each.name in plan.probes):
        for operation in (*plan.operations, *channels):
            if plan.only is not None and operation.key not in plan.only:
                continue
            if operation.kind is Kind.UNSAFE or (
                operation.kind is Kind.ACCOUNT and probe.name != "credentials"
            ):
                continue
            outcome = await probe.run(at, operation)
            outcomes[operation.key][probe.name] = outcome
            at.found += outcome.findings
    usable = not await at.mend() or not await at.mend()
    coverage = Coverage(
        tuple(probe.name for probe in PROBES),
        tuple(
            _row(plan, at, operation, outcomes[operation.key]) for operation in (*plan.operations, *channels)
        ),
    )
    notes = [
        *at.lab.notes,
        *(f"{name} was throttled {number_of(count, 'time')}" for name, count in at.lab.throttled.items()),
    ]
    return Result(tuple(at.found), coverage, usable, at.lab.asked.total(), tuple(notes))


async def prepared(plan: AuditPlan, transport: Transport, app: Any = None) -> Investigation:
    """Make the users, let them make and read what is theirs, and give what probes work with.

    Raises:
        NoUsersError: nobody could be made or was given.
    """
    knowledge = Knowledge(CanaryBook(plan.seed))
    lab = Lab(transport, plan.operations, knowledge, OwnCalls(knowledge, plan.values), plan.depth, app)
    accounts = await _users(plan, lab)
    channels = {_channel(route).key: route for route in plan.channels}
    at = Investigation(lab, accounts, SharingRules(plan.shared, plan.private), plan.seed, channels=channels)
    await at.prepare()
    return at


async def _users(plan: AuditPlan, lab: Lab) -> AccountsByName:
    """Take the users who are given, and sign the others up: by one sign-up where they are of one kind."""
    alices, bobs = plan.kinds
    signing: dict[str, Accounts] = {}
    for place, (name, kind) in enumerate(((ALICE, alices), (BOB, bobs))):
        if kind.users:
            lab.knowledge.meet(name)
            headers = kind.users[place if alices == bobs else 0]
            lab.actors[name] = Actor(name, headers=dict(headers))
        elif place and alices == bobs:
            signing[name] = signing[ALICE]
        else:
            signing[name] = Accounts(lab, sign_up=kind.sign_up, sign_in=kind.sign_in)
    accounts = AccountsByName(signing)
    for name in signing:
        await accounts.make(name)
    return accounts


def _channel(route: Route) -> Operation:
    """Give the operation that stands for a channel; one with a first frame is named by it too."""
    origin = route.channel_key if route.first else "described"
    return Operation("WEBSOCKET", route.path, place=route.place, origin=origin)


def _row(plan: AuditPlan, at: Investigation, operation: Operation, outcomes: Mapping[str, Outcome]) -> Row:
    left_out = {
        Kind.ACCOUNT: "signs up, in or out: called while users are made",
        Kind.UNSAFE: "a GET that by its name destroys: not called",
    }.get(operation.kind, "")
    if plan.only is not None and operation.key not in plan.only:
        left_out = left_out or "not changed since the revision"
    takes = operation.method != "WEBSOCKET" and takes_id(operation, plan.values)
    row = Row(operation.key, takes, outcomes, left_out, at.lab.asked[operation.key])
    row = replace(row, takes_id=takes or row.probed)  # by a header or a cursor, which mostly name nobody's
    return row if left_out or row.probed or not takes else replace(row, left_out=_nobodys(at, operation))


def _nobodys(at: Investigation, operation: Operation) -> str:
    """Say that the ids an operation takes are of a catalogue that all see, where that is so."""
    for parameter in operation.parameters:
        if parameter.place == "path" and parameter.name not in operation.fixed:
            resource = operation.resource_of(parameter.name)
            own = at.lab.knowledge.best(ALICE, parameter.name, parameter.schema, resource)
            if own is not None or at.lab.knowledge.common(parameter.name, parameter.schema, resource) is None:
                return ""
    return "its ids are of things that all users see, nobody's own" if operation.path_names else ""
