"""Runs one attack in an arena: rows, an open session of Mallory's, the attack, her commit, a last look."""

from contextlib import suppress

from attacks.attack import Arena, Attack, Attacker
from attacks.verdict import Outcome, Verdict, judge
from attacks.world import look, populate


async def run(attack: Attack, arena: Arena) -> Verdict:
    """Run `attack` and judge it; the arena's tables are made anew for each world."""
    without = await _in_world(attack, arena, victim=False) if attack.oracle else None
    outcome = await _in_world(attack, arena, victim=True)
    if attack.destroys:
        await arena.rebuild(wrecked=True)
    return judge(outcome, without, arena.refusals)


async def _in_world(attack: Attack, arena: Arena, *, victim: bool) -> Outcome:
    await arena.rebuild()
    await populate(arena, victim=victim)
    before = await look(arena)
    loot: object = None
    failure: BaseException | None = None
    try:
        async with arena.session("mallory") as session:
            try:
                loot = await attack.script(Attacker(arena, session))
            finally:
                with suppress(Exception):  # an application that goes on after an error commits what is left
                    await session.commit()
    except Exception as error:
        failure = error
    return Outcome(loot, failure, before, await look(arena))
