"""Runs every attack and every honest use against one adapter, in that library's own environment.

Usage: python duel.py ADAPTER FOLDER POSTGRES_URL. Writes one JSON object to the standard output.
"""

import asyncio
import importlib
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "tests" / "attacks")]

from attacks import ATTACKS, USES, run, use_honestly  # noqa: E402

SECONDS = 30


async def duel(name: str, folder: Path, url: str) -> dict[str, Any]:
    """Give the verdict on each attack, and what each honest use ended in."""
    adapter = importlib.import_module(name)
    result: dict[str, Any] = {"attacks": {}, "uses": {}}
    for attack in ATTACKS.values():
        if attack.only not in {None, adapter.DIALECT}:
            continue
        ground = await adapter.arena(folder, url)
        try:
            async with asyncio.timeout(SECONDS):
                verdict = await run(attack, ground)
            result["attacks"][attack.name] = [verdict.word, verdict.why]
        except Exception as error:
            result["attacks"][attack.name] = ["errored", f"{type(error).__name__}: {error}"]
        finally:
            await ground.close()
    for use in USES:
        ground = await adapter.arena(folder, url)
        try:
            async with asyncio.timeout(SECONDS):
                await use_honestly(USES[use], ground)
            result["uses"][use] = "works"
        except Exception as error:
            result["uses"][use] = f"{type(error).__name__}: {error}"
        finally:
            await ground.close()
    return result


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    print(json.dumps(asyncio.run(duel(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))))
