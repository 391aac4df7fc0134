"""What one request does: it touches every part of the service, and others have turns in between."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from sqlalchemy import select

from cellwall import activate, cleanup_user_context
from tests.stress.canary import Ledger, canary
from tests.stress.models import Note
from tests.stress.service import Service
from tests.stress.survivors import Watch

Pause = Callable[[], Awaitable[None]]


async def serve(
    service: Service, token: str, number: int, *, pause: Pause, ledger: Ledger, watch: Watch
) -> None:
    """Serve the request `number` of whoever the token names."""
    context = service.context(token, number)
    watch.context(context)
    try:
        with activate(context):
            await _work(service, context, number, pause=pause, ledger=ledger, watch=watch)
    finally:
        await cleanup_user_context(context)


async def _work(
    service: Service, context: Any, number: int, *, pause: Pause, ledger: Ledger, watch: Watch
) -> None:
    user_id: str = context.user_id
    mine = canary(user_id, number)
    await service.limit(context)
    service.track(context, mine)
    await pause()
    async with service.session(context) as session:
        watch.session(session)
        session.add(Note(user_id=user_id, text=mine))
        await session.flush()
        await pause()
        newest = select(Note).order_by(Note.id.desc()).limit(5)
        rows = (await session.scalars(newest)).all()
        ledger.saw("rows", user_id, [f"{row.text} {row.user_id}" for row in rows])
        await pause()
        await session.commit()
        ledger.seen["commits"] += 1
    service.emit(context, mine)
    await pause()
    ledger.saw("tools", user_id, await service.tool(context, mine))
    await pause()
    ledger.saw("cache", user_id, await service.cached(context, mine))
    if number % 10 == 0:
        ledger.saw("analytics", user_id, service.tracked(context))


def turns(random: Random, cancel: Callable[[], object], share: float) -> Pause:
    """Make a pause that gives others turns and, in a share of the requests, cancels this one some time."""
    left = random.randrange(4) if random.random() < share else -1

    async def pause() -> None:
        nonlocal left
        if left == 0:
            cancel()
        left -= 1
        for _ in range(random.randrange(3)):
            await asyncio.sleep(0)

    return pause
