"""Writes a test in which several users work at once with everything that the target has roles for."""

from collections.abc import Callable
from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.agents import Agents
from cellwall.migrate.new_tests.canaries import users
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.tool_calls import ToolCalls

Parts = list[tuple[str, str, str]]  # lines of the user's work, what came of it, what it leaves in there


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    agents, test = Agents(say), "test_users_at_once_meet_nobody_elses_data"
    parts = [part for spell in (_tool, _event, _rows) for part in _if_spellable(spell, say)]
    stated = isolation(
        "each of users has a context of its own",
        f"{agents.factory} makes an agent for each, which works while asyncio.gather runs the others",
        "the texts held by all that a user got name this user and nobody else",
    )
    lines = "\n        await asyncio.sleep(0)\n        ".join(work for work, _, _ in parts)
    came = ", ".join(["agent", *(result for _, result, _ in parts)])
    left = ", ".join(f'"{word}"' for word in ["asked", *(word for _, _, word in parts)])
    pool = f"pool = {Connections(say).pool}\n    " if _if_spellable(_event, say) else ""
    return f"""{held_texts(say)}async def {test}():
    {stated}
    {pool}users = {users(test, 4)}

    async def work(user):
        context = {say.role("context", user_id="user")}
        agent = {agents.make("context")}
        {agents.work("agent", 'f"asked by {user}"')}
        await asyncio.sleep(0)
        {lines}
        return [{came}]

    worked = await asyncio.gather(*(work(user) for user in users))
    for user, got in zip(users, worked, strict=True):
        held = texts_held_by(got)
        for done in [{left}]:
            assert f"{{done}} by {{user}}" in held
        assert [other for other in users if other in held] == [user]
"""


def _if_spellable(spell: Callable[[Spelling], tuple[str, str, str]], say: Spelling) -> Parts:
    """Give the part, or nothing where the target has no role or sample for it; imports only what is used."""
    before = set(say.imports)
    try:
        return [spell(say)]
    except UnspellableError:
        say.imports = before
        return []


def _tool(say: Spelling) -> tuple[str, str, str]:
    calls = ToolCalls(say)
    line = f"""tools = {calls.make("context")}
        {calls.run("tools", 'f"noted by {user}"')}"""
    return line, "tools", "noted"


def _event(say: Spelling) -> tuple[str, str, str]:
    ws = Connections(say)
    line = f"""laptop = {ws.register("user", 'f"laptop-{user}"')}
        {ws.send("user", '{"event": f"told by {user}"}')}"""
    return line, "laptop.received_events", "told"


def _rows(say: Spelling) -> tuple[str, str, str]:
    rows = Rows(say)
    line = f"""{rows.open("context", "session")}:
            {rows.do("session", "add", rows.row('f"stored by {user}"'))}
            {rows.do("session", "commit")}
            rows = {rows.texts("session")}"""
    return line, "list(rows)", "stored"


CAPABILITY: Final = Capability(
    name="concurrent-user-simulation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "concurrent user simulation",
        "simulate concurrent user",
        "simulated concurrent user",
        "simultaneou user",
        "parallel user",
        "simulate several user",
        "simulate many user",
    ),
    new_tests=NewTests(
        title="Several users work at once, each with its own of everything.",
        role="agent_factory",
        write=_tests,
    ),
)
