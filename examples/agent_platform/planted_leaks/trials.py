"""Tries attacks on fresh platforms: `python -m planted_leaks.trials` prints, as JSON, which leaks are seen.

Each attack is tried once where its leak is planted and once where none is.
"""

import asyncio
import json
import uuid
from contextlib import AsyncExitStack

from netra_backend.platform import create_platform
from planted_leaks.attacks import ATTACKS, joined


async def trial(name: str, leaks: str) -> bool:
    """Let two new users of a new platform try one attack, and tell whether it gave something away."""
    app, suffix = create_platform(leaks=leaks), uuid.uuid4().hex[:8]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(app.state.pool.close)
        members = [await joined(app, f"{name}-{suffix}") for name in ("ada", "bob")]
        for member in members:
            stack.push_async_callback(member.http.aclose)
        return await ATTACKS[name](*members)


async def trials() -> dict[str, dict[str, bool]]:
    """Try all attacks."""
    return {
        name: {"planted": await trial(name, name), "not planted": await trial(name, "")} for name in ATTACKS
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(trials()), indent=2))
