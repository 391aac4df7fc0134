"""Audits an application once for its members, and once more for each pair of kinds of account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from cellwall.audit.account_kind import AccountKind
from cellwall.audit.audit_run import AuditPlan, Result, run_audit
from cellwall.audit.coverage import Coverage, Row
from cellwall.audit.finding import Finding
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, Status
from cellwall.audit.transport import Transport

MEMBER: Final = "member"
# Between kinds it is asked for what is the other's; who is taken for whom is the members' pass to tell.
BETWEEN: Final = frozenset({"list", "read", "channel", "owner", "write", "delete"})
_APART: Final = 1_000_003  # users of one pass are no other pass's
_RANK: Final = {Status.TESTED: 0, Status.NOT_REACHED: 1, Status.NOT_APPLICABLE: 2}


async def run_passes(
    plan: AuditPlan, kinds: Sequence[AccountKind], transport: Transport, *, app: Any = None
) -> Result:
    """Give one result of all passes; what an earlier pass has found is not said again.

    Raises:
        NoUsersError: nobody could be made or was given.
    """
    result = await run_audit(plan, transport, app=app)
    for number, (owner, asker) in enumerate(pairs(plan.kinds[0], kinds), 1):
        between = replace(plan, seed=plan.seed + number * _APART, kinds=(owner, asker), probes=BETWEEN)
        result = together(result, await run_audit(between, transport, app=app), told(owner, asker))
    return result


def pairs(member: AccountKind, kinds: Sequence[AccountKind]) -> Iterator[tuple[AccountKind, AccountKind]]:
    """Give who owns and who asks: each kind for what others have, those that see it by design apart."""
    for place, kind in enumerate(kinds):
        others = (member, *(each for each in kinds[:place]))
        for other in others:
            if not other.sees_others:
                yield kind, other
            if not kind.sees_others:
                yield other, kind
        if kind.has_two:
            yield kind, kind


def told(owner: AccountKind, asker: AccountKind) -> str:
    """Say who the two users are."""
    return f"alice is {_article(owner.name or MEMBER)}, bob {_article(asker.name or MEMBER)}"


def _article(name: str) -> str:
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def together(first: Result, second: Result, words: str) -> Result:
    """Give both results as one: of the second what is new, and each row as far as either came."""
    known = {(each.weakness.name, each.target) for each in first.findings}
    new = [_said(each, words) for each in second.findings if (each.weakness.name, each.target) not in known]
    rows = {row.key: row for row in second.coverage.rows}
    return Result(
        (*first.findings, *new),
        Coverage(
            first.coverage.probes,
            tuple(_row(row, rows[row.key]) if row.key in rows else row for row in first.coverage.rows),
        ),
        first.users_usable and second.users_usable,
        first.requests + second.requests,
        (*first.notes, *(f"{words}: {note}" for note in second.notes)),
    )


def _said(finding: Finding, words: str) -> Finding:
    detail = f"{finding.detail} ({words})" if finding.detail else words
    return replace(finding, detail=detail, evidence=f"{words}: {finding.evidence}")


def _row(first: Row, second: Row) -> Row:
    names = dict.fromkeys((*first.outcomes, *second.outcomes))
    outcomes = {name: _outcome(first.outcomes.get(name), second.outcomes.get(name)) for name in names}
    left_out = first.left_out if first.left_out and second.left_out else ""
    requests = max(first.requests, second.requests)  # of the pass that sent the most: each has its own depth
    return Row(first.key, first.takes_id or second.takes_id, outcomes, left_out, requests)


def _outcome(first: Outcome | None, second: Outcome | None) -> Outcome:
    if first is None or second is None:
        return first or second or NOT_APPLICABLE
    best = min(first, second, key=lambda each: _RANK[each.status])
    return replace(best, findings=(*first.findings, *second.findings))
