"""Fills the service: two users make and read what is theirs, until no further operation can be called.

Content comes before probes, because an empty list proves nothing.
"""

from __future__ import annotations

import re
from typing import Final

from cellwall.audit.actor import ALICE, BOB, Actor
from cellwall.audit.call import Call
from cellwall.audit.example_value import is_id
from cellwall.audit.facts import is_page
from cellwall.audit.lab import Lab
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.own_call import Variant
from cellwall.audit.reference import body_fields

_SIZE: Final = re.compile(r"limit|first|(page_?)?size|per_?page|max_?results|count", re.I)
ROUNDS: Final = 4
_INVALID: Final = frozenset({400, 409, 415, 422, 500})
_ORDER: Final = {Kind.CREATE: 0, Kind.READ: 1, Kind.ACTION: 2}


async def seed(lab: Lab) -> None:
    """Let each user call what makes and what reads things, own ids as they become known.

    Alice makes everything twice: where each user's ids count from 1, one of hers is none of bob's.
    """
    wanted = sorted((each for each in lab.operations if each.kind in _ORDER), key=_order)
    done: set[tuple[str, str]] = set()
    for _ in range(ROUNDS):
        before = len(done)
        for operation in wanted:
            for name in (ALICE, BOB):
                if (operation.key, name) in done:
                    continue
                if operation.key in lab.invalid or await own_call(lab, lab.actors[name], operation):
                    done.add((operation.key, name))
                    if operation.kind is Kind.CREATE and name == ALICE and (operation.key, ALICE) in lab.own:
                        await own_call(lab, lab.alice, operation, label=":2")
        if len(done) == before:
            break


async def read_again(lab: Lab) -> None:
    """Let both read what they can read, now that the content is there, and note what nobody may read too."""
    for operation in lab.operations:
        if operation.kind is not Kind.READ:
            continue
        for name in (ALICE, BOB):
            call = lab.own.get((operation.key, name))
            if call is not None:
                lab.learn(await lab.call(lab.actors[name], call), call)
        await _first_page(lab, operation)


async def _first_page(lab: Lab, operation: Operation) -> None:
    """Let alice read a list page by page: a short first page tells of the next one."""
    call = lab.own.get((operation.key, ALICE))
    short = [
        each.name for each in operation.parameters if each.place == "query" and _SIZE.fullmatch(each.name)
    ]
    if call is not None and short and any(is_page(each.name) for each in operation.parameters):
        paged = call.with_value("query", short[0], 1)
        lab.knowledge.learn(await lab.call(lab.alice, paged), operation)


async def own_call(lab: Lab, actor: Actor, operation: Operation, *, label: str = "") -> bool:
    """Call an operation for the user's own things; False where it cannot be called yet."""
    known = lab.variants.get(operation.key)
    for variant in (known,) if known else (*Variant,) if operation.body else (Variant.FULL,):
        call = lab.calls.make(actor, operation, f"{operation.key}{label}", variant)
        if isinstance(call, str):
            lab.refusals.setdefault(operation.key, f"no value is known for {call!r}")
            return False
        exchange = await lab.call(actor, call)
        if exchange.response.ok:
            lab.variants[operation.key] = variant
            lab.refusals.pop(operation.key, None)
            lab.learn(exchange, call)
            return True
        lab.refusals[operation.key] = _reason(call, exchange.response.status, exchange.response.failure)
        if exchange.response.status not in _INVALID:
            return True
    lab.invalid.add(operation.key)
    return True


def _reason(call: Call, status: int, failure: str) -> str:
    return failure if not status else f"its owner got {status} as well ({call.operation.kind.value})"


def _order(operation: Operation) -> tuple[int, int, str]:
    """What names nothing comes first, so that what names it can follow."""
    named = len(operation.path_names) + sum(is_id(name) for name in body_fields(operation))
    return _ORDER[operation.kind], named, operation.key
