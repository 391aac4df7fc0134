"""Runs one attack in an arena: rows, an open session of Mallory's, the attack, her commit, a last look."""

from contextlib import suppress

from attacks.attack import ATTACKER, Arena, Attack, Attacker
from attacks.uses import Use
from attacks.verdict import Outcome, Verdict, judge
from attacks.world import Snapshot, look, populate


async def run(attack: Attack, arena: Arena) -> Verdict:
    """Run `attack` and judge it; the arena's tables are made anew for each world."""
    without = await _in_world(attack, arena, victim=False) if attack.oracle else None
    outcome = await _in_world(attack, arena, victim=True)
    if attack.destroys:
        await arena.rebuild(wrecked=True)
    return judge(outcome, without, arena.refusals)


async def use_honestly(use: Use, arena: Arena, *, alone: bool = False) -> None:
    """Let Mallory be an honest user for once, alone or beside Victoria, whose rows stay as they are."""
    await arena.rebuild()
    await populate(arena, victim=not alone, crossed=False)
    before = await look(arena)
    async with arena.session(ATTACKER) as session:
        await use(Attacker(arena, session))
    assert await look(arena) == before, "an honest user has changed another one's rows"


async def _in_world(attack: Attack, arena: Arena, *, victim: bool) -> Outcome:
    await arena.rebuild()
    await populate(arena, victim=victim)
    before = await _first_look(arena, victim)
    if attack.beyond:
        await arena.let_go()
    loot: object = None
    failure: BaseException | None = None
    try:
        async with arena.session(ATTACKER) as session:
            try:
                loot = await attack.script(Attacker(arena, session))
            finally:
                with suppress(Exception):  # an application that goes on after an error commits what is left
                    await session.commit()
    except Exception as error:
        failure = error
    return Outcome(loot, failure, before, await look(arena))


async def _first_look(arena: Arena, victim: bool) -> Snapshot:
    """Give what is there before the attack: the same each time, so looked at once for each kind of world."""
    kind = (arena.name, arena.models.metadata, victim)
    if kind not in _worlds:
        seen = _worlds[kind] = await look(arena)
        assert all(not str(rows).startswith("['cannot") for rows in seen.values()), seen
        assert not victim or all(seen[name] for name in ("notes", "folders", "settings", "invoices")), seen
    return _worlds[kind]


_worlds: dict[object, Snapshot] = {}
