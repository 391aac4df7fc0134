"""What a context costs: made, read, active, cleaned up; beside classes that only hold the same ids.

A limit in microseconds is for an idle machine. On a busy one everything takes longer by about the same
factor, so a time is given as measured and judged after division by that factor: how much longer the frozen
dataclass takes here than the 0.370 us that it takes on the idle machine of the research page.

Run: python -m benchmarks.context [--quick]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from benchmarks.ratio import Row, interleaved, interleaved_async, missing
from cellwall.runtime.carry import carry
from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.runtime.current import activate
from cellwall.runtime.identity import fresh_id

IDLE_DATACLASS = 0.370e-6  # seconds; Python 3.11.7, nothing else running

create = UserExecutionContext.create_for_user
USER, SESSION, REQUEST = fresh_id(), fresh_id(), fresh_id()


@dataclass(frozen=True, slots=True)
class FrozenDataclass:
    """Holds the same ids and checks none."""

    user_id: str
    session_id: str | None = None
    request_id: str | None = None
    websocket_connection_id: str | None = None


def _attrs_class() -> Callable[..., object] | None:
    if find_spec("attrs") is None:
        return None
    import attrs  # noqa: PLC0415  # a peer, where it is installed

    return attrs.make_class(
        "FrozenAttrs",
        {"user_id": attrs.field(), "session_id": attrs.field(), "request_id": attrs.field()},
        frozen=True,
        slots=True,
    )


def _with_lazy_ids() -> object:
    context = create(USER)
    return (context.session_id, context.request_id)


def _creation(rounds: int, calls: int) -> dict[str, float]:
    sides: dict[str, Callable[[], object]] = {
        "dataclass": lambda: FrozenDataclass(USER, SESSION, REQUEST),
        "ids given": lambda: create(USER, SESSION, REQUEST),
        "short ids given": lambda: create("ada", "session-1", "req-1"),
        "user alone": lambda: create(USER),
        "user alone, ids read": _with_lazy_ids,
        "nothing": lambda: None,
    }
    attrs_class = _attrs_class()
    if attrs_class is not None:
        sides["attrs"] = lambda: attrs_class(USER, SESSION, REQUEST)
    return interleaved(sides, rounds=rounds, calls=calls)


async def _nothing() -> None:
    return None


async def _bare() -> None:
    create(USER, SESSION, REQUEST)
    await _nothing()


async def _life() -> None:
    context = create(USER, SESSION, REQUEST)
    with activate(context):
        context.require_open()
    await cleanup_user_context(context)


async def _life_with_three_callbacks() -> None:
    context = create(USER, SESSION, REQUEST)
    with activate(context):
        context.on_cleanup(_callback)
        context.on_cleanup(_callback)
        context.on_cleanup(_callback)()
    await cleanup_user_context(context)


async def _life_with_one_awaited() -> None:
    context = create(USER, SESSION, REQUEST)
    with activate(context):
        context.on_cleanup(_nothing)
    await cleanup_user_context(context)


def _callback() -> None:
    return None


def _life_cycle(rounds: int, calls: int) -> dict[str, float]:
    sides = {
        "bare": _bare,
        "life": _life,
        "three callbacks": _life_with_three_callbacks,
        "one awaited": _life_with_one_awaited,
    }
    return asyncio.run(interleaved_async(sides, rounds=rounds, calls=calls))


def _carried(rounds: int, calls: int) -> dict[str, float]:
    with activate(create(USER)):
        carried = carry(_callback)
    return interleaved({"carried": carried, "called": _callback}, rounds=rounds, calls=calls)


def measure(quick: bool = False) -> list[Row]:
    """Give the rows of this concern."""
    rounds, calls = (15, 500) if quick else (61, 2000)
    made = _creation(rounds, calls)
    lived = _life_cycle(rounds, calls // 2)
    carried = _carried(rounds, calls)
    own = made["nothing"]  # what the loop and the lambda cost
    dataclass_time = made["dataclass"] - own
    busy = max(dataclass_time / IDLE_DATACLASS, 1.0)

    def row(name: str, seconds: float, limit: float | None) -> Row:
        idle = seconds / busy * 1e6
        words = "" if limit is None else f"<= {limit} us"
        note = f"here {seconds * 1e6:.2f} us, {seconds / dataclass_time:.2f}x a frozen dataclass"
        return Row(name, idle, "us when idle", words, limit is None or idle <= limit, note)

    rows = [
        row("context, ids given", made["ids given"] - own, 0.5),
        row("context, short ids given", made["short ids given"] - own, 0.5),
        row("context, user alone", made["user alone"] - own, 1.0),
        row("context, user alone, both ids read", made["user alone, ids read"] - own, None),
        row("life cycle beyond creation: active, checked, ended", lived["life"] - lived["bare"], None),
        row("... with 3 callbacks, one taken back", lived["three callbacks"] - lived["bare"], None),
        row("... with an awaited callback (a shielding task)", lived["one awaited"] - lived["bare"], None),
        row("a carried call beyond a plain one", carried["carried"] - carried["called"], None),
    ]
    attrs = "peer: attrs frozen, no checks"
    rows.append(
        row(attrs, made["attrs"] - own, None) if "attrs" in made else missing(attrs, "attrs is not installed")
    )
    rows.append(row("peer: dataclass frozen, no checks", dataclass_time, None))
    return rows


if __name__ == "__main__":
    for line in measure("--quick" in sys.argv):
        print(line)
