"""Asks whether figures, which have no canaries, are the asker's: alice did everything twice, bob once."""

from __future__ import annotations

import re
from typing import Any, final

from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.confirmed import confirmed
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Severity
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import same_content
from cellwall.audit.lab import json_values
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, tested


@final
class ForeignFigures:
    """Evidence: bob's figure moves when alice acts, and only then; or it counts what she did, not he."""

    name = "figures"
    asks = "does bob's own answer count what alice did?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Compare both answers where they hold numbers and are the same; then let alice act, then bob."""
        hers, his = (at.lab.answers.get((operation.key, name)) for name in (ALICE, BOB))
        nobody = at.open.get(operation.key)
        if operation.kind is not Kind.READ or operation.path_names or hers is None or his is None:
            return NOT_APPLICABLE
        guarded = nobody is not None and nobody.response.status in (401, 403)
        if not guarded or not _numbers(his) or at.lab.left(operation) < 4:
            return NOT_APPLICABLE
        before = await at.lab.call(at.lab.bob, at.lab.own[operation.key, BOB])
        if not same_content(hers.response, before.response, ()):
            return tested()
        acts = [
            key for key, owner in at.lab.own if owner == ALICE and at.lab.operation(key).kind is Kind.CREATE
        ]
        if not acts:
            return tested()
        counted = counts_of(at, before)
        await self._act(at, ALICE, acts)
        moved = await at.lab.call(at.lab.bob, at.lab.own[operation.key, BOB])
        await self._act(at, BOB, acts)
        after = await at.lab.call(at.lab.bob, at.lab.own[operation.key, BOB])
        hers_only = _numbers(moved) != _numbers(before) and _numbers(after) == _numbers(moved)
        if not hers_only and not (counted and _numbers(after) == _numbers(before)):
            return tested()
        what = (
            "move when alice acts, and not when he does" if hers_only else f"count what she did ({counted})"
        )
        return tested(
            confirmed(
                "foreign-figures", operation, "figures", hers, before, moved, after, severity=Severity.HIGH,
                reason="private figures of one user, to others",
                evidence=f"bob's figures are alice's, and {what}",
            )
        )  # fmt: skip

    async def _act(self, at: Investigation, name: str, keys: list[str]) -> None:
        for key in keys:
            call = at.lab.own.get((key, name))
            if call is not None:
                made = at.lab.calls.make(
                    at.lab.actors[name], call.operation, f"{key}:act", at.lab.variants[key]
                )
                await at.lab.call(at.lab.actors[name], call if isinstance(made, str) else made, count=False)


def _numbers(exchange: Exchange) -> dict[tuple[str, ...], Any]:
    values = json_values(exchange.response)
    return {
        path: each
        for path, each in values.items()
        if isinstance(each, int | float) and not isinstance(each, bool)
    }


def counts_of(at: Investigation, exchange: Exchange) -> str:
    """Name a figure of bob's that is called like an operation, and counts alice's calls of it, not his."""
    for path, value in _numbers(exchange).items():
        words = {each for each in re.split(r"[^a-z]+", path[-1].lower()) if each}
        for operation in at.lab.operations:
            named = {each.rstrip("s") for each in re.split(r"[^a-z]+", operation.path.lower()) if each}
            hers, his = (at.lab.granted[operation.key, name] for name in (ALICE, BOB))
            if len(words) > 1 and {each.rstrip("s") for each in words} <= named and value == hers != his:
                return f"{path[-1]}: {value}, as often as she, and he {his} times"
    return ""
