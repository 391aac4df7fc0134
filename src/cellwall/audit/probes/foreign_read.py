"""Reads as bob what alice has: her ids in path, query and header."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any, Final, final

from cellwall.audit.actor import ALICE
from cellwall.audit.call import Call
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import same_content, shown
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.reading_verdict import reading_finding
from cellwall.audit.reference import Reference, foreign_calls

_NOBODYS_NUMBER: Final = 987654321


@final
class ForeignRead:
    """Evidence is alice's canary, a value that only she has, or her whole answer and not for any id."""

    name = "read"
    asks = "does her id give bob her object?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Ask with each of alice's references."""
        if operation.kind is not Kind.READ:
            return NOT_APPLICABLE
        calls = [each for each in foreign_calls(at.lab, operation) if each[0][0].place != "body"]
        if not calls:
            return not_reached(at.lab.refusals.get(operation.key, "no id of alice's is known")) if (
                operation.path_names
            ) else NOT_APPLICABLE  # fmt: skip
        reasons, findings = list[str](), list[Finding]()
        for references, call in calls:
            if at.lab.left(operation) <= 0:
                reasons.append(f"more than {at.lab.depth} requests; raise --depth")
                break
            finding, reason = await self._ask(at, operation, references, call)
            findings += [finding] if finding else []
            reasons += [reason] if reason else []
        if len(reasons) == len(calls) and not findings:
            return not_reached(reasons[0])
        return tested(*findings)

    async def _ask(
        self, at: Investigation, operation: Operation, references: Sequence[Reference], call: Call
    ) -> tuple[Finding | None, str]:
        hers = at.lab.answers.get((operation.key, ALICE))
        his = await at.lab.call(at.lab.bob, call)
        if not his.response.ok and not his.response.refused:
            return None, f"bob's request ended with {his.response.status or his.response.failure}"
        if his.response.status in (404, 410) and hers is None:
            return None, f"not even alice was given it ({at.lab.refusals.get(operation.key, 'unknown')})"
        values = shown(at.lab.knowledge, his)
        if not values and (hers is None or not await self._same(at, references, call, hers, his)):
            return None, ""
        nobody = await at.as_nobody(call)
        detail = ", ".join(str(each) for each in references)
        partial = references[0].place == "path" and len(references) < len(operation.path_names)
        return reading_finding(
            at,
            "nested-swap" if partial else "foreign-read",
            operation,
            detail,
            exchange=his,
            values=values,
            open_to_all=nobody,
            owned=hers,
        ), ""

    async def _same(
        self, at: Investigation, references: Sequence[Reference], call: Call, hers: Exchange, his: Exchange
    ) -> bool:
        """Whether bob got alice's whole answer, and gets another one for an id that nobody has."""
        sent = [str(each.value) for each in references]
        if not same_content(hers.response, his.response, sent):
            return False
        for each in references:
            call = call.with_value(each.place, each.name, invented(each.value))
        control = await at.lab.call(at.lab.bob, call)
        return not same_content(his.response, control.response, sent)


def invented(value: Any) -> Any:
    """Give an id of the same form that nobody has."""
    if isinstance(value, int):
        return _NOBODYS_NUMBER
    if re.fullmatch(r"[0-9a-fA-F-]{36}", value):
        return str(uuid.UUID(int=_NOBODYS_NUMBER))
    return "".join(str((int(each) + 5) % 10) if each.isdigit() else each for each in value)[::-1] or "none"
