"""Proves that a write reached alice: what she reads before it and after it, as herself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from cellwall.audit.actor import BOB
from cellwall.audit.call import Call
from cellwall.audit.exchange import Exchange
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import differences, fields_of, hers
from cellwall.audit.operation import Operation
from cellwall.audit.reference import Reference


@final
@dataclass(frozen=True)
class Snapshot:
    """Alice's own answers at one moment, for one operation; `values` tell which objects are hers."""

    operation: Operation
    values: frozenset[str]
    calls: tuple[Call, ...]
    answers: tuple[Exchange, ...]

    def shows(self, named: Sequence[Reference]) -> bool:
        """Whether what these refer to was looked for as well."""
        return {str(each.value) for each in named} <= self.values

    def of(self, named: Sequence[Reference]) -> Snapshot:
        """Give the same readings for fewer references: only what they refer to is hers here."""
        values = {str(each.value) for each in named}
        return replace(self, values=frozenset(values)) if values < self.values else self


@final
@dataclass(frozen=True)
class Proof:
    """What she reads now that she did not before: a sentence, and her answer."""

    text: str
    after: Exchange
    gone: bool = False


async def snapshot(
    at: Investigation,
    operation: Operation,
    references: Sequence[Reference],
    own: Call | None,
    *,
    most: int = 2,
) -> Snapshot:
    """Read as alice what shows the things that are referred to."""
    values = {str(each.value) for each in references}
    values |= at.lab.knowledge.values_of("alice", own.request(None).text) if own is not None else set()
    calls = tuple(at.lab.views(values, operation.resources, most=most))
    answers = [await at.lab.call(at.lab.alice, call, charged=operation) for call in calls]
    return Snapshot(operation, frozenset(values), calls, tuple(answers))


async def prove(at: Investigation, before: Snapshot, write: Exchange) -> Proof | None:
    """Read as alice again; give what bob's request has changed, None for nothing that could be proved.

    In an answer that shows others' objects too, only hers are looked at: bob may have changed his own.
    """
    his = at.lab.knowledge.values_of(BOB, write.request.body.decode(errors="replace"))
    for call, old in zip(before.calls, before.answers, strict=True):
        new = await at.lab.call(at.lab.alice, call, charged=before.operation)
        if old.response.ok and new.response.status in (404, 410):
            return Proof(f"alice got {new.response.status} for what she read before", new, gone=True)
        if not (old.response.ok and new.response.ok):
            continue
        whole = any(str(value) in before.values for value in call.path.values())
        first, second = (hers(each.response, before.values, whole=whole) for each in (old, new))
        if first and not second:
            return Proof("alice does not find what she read before", new, gone=True)
        written = {value for value in his if _shows(second, value) and not _shows(first, value)}
        if written:
            return Proof(f"alice reads what bob wrote: {', '.join(sorted(written))}", new)
        changed = differences(first, second)
        if changed:
            again = await at.lab.call(at.lab.alice, call, charged=before.operation)
            if not differences(second, hers(again.response, before.values, whole=whole)):
                return Proof(f"alice's {fields_of(changed)} changed: {_pairs(changed)}", new)
    return None


def _shows(values: Mapping[str, object], value: str) -> bool:
    return any(value in each for each in values.values() if isinstance(each, str))


def _pairs(changed: Mapping[str, tuple[object, object]]) -> str:
    return "; ".join(f"{old!r:.60} became {new!r:.60}" for old, new in list(changed.values())[:4])
