"""Looks at what bob was answered when he asked for his own, lists and searches above all: is it others'?"""

from __future__ import annotations

from typing import final

from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import shown
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.reading_verdict import reading_finding
from cellwall.audit.reference import references


@final
class ListLeak:
    """What it sends is what was sent to fill the service; the answers are only looked at."""

    name = "list"
    asks = "does an answer to bob's own request show others' objects?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Look at bob's own answer."""
        if operation.kind not in (Kind.READ, Kind.CREATE, Kind.ACTION):
            return NOT_APPLICABLE
        if any(each.place == "path" for each in references(at.lab, operation, at.lab.alice)):
            return NOT_APPLICABLE
        his = at.lab.answers.get((operation.key, BOB))
        if his is None:
            return not_reached(at.lab.refusals.get(operation.key, "bob was not answered"))
        values = shown(at.lab.knowledge, his)
        if not values:
            return tested()
        found = reading_finding(
            at, "list-leak", operation, "answer", exchange=his, values=values,
            open_to_all=at.open.get(operation.key), owned=at.lab.answers.get((operation.key, ALICE)),
        )  # fmt: skip
        return tested(*([found] if found else []))
