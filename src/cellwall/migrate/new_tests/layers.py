"""Spells what one user does in each layer for which the target has roles; a test puts layers together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from cellwall.migrate.new_tests.agents import Agents
from cellwall.migrate.new_tests.analytics import Analytics
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.migrate.new_tests.tokens import Tokens
from cellwall.migrate.new_tests.tool_calls import ToolCalls


@final
@dataclass(frozen=True, slots=True)
class Layer:
    """What the variables `user` and `context` do in one layer.

    Attributes:
        role: whose leaky double a test of this layer must notice.
        name: what of the target keeps users apart, for sentences.
        work: the lines that do it, for a body indented by eight.
        got: an expression for what the user got.
        word: `f"{word} by {user}"` stands in what the user got; "" where the user's id alone does.
        before: lines between the list `users` and the work of the first of them.
    """

    role: str
    name: str
    work: tuple[str, ...]
    got: str
    word: str = ""
    before: tuple[str, ...] = ()


def spelled_layers(say: Spelling) -> list[Layer]:
    """Give the layers that the target's configuration can spell, imports of the others forgotten."""
    layers = []
    for spell in _ALL:
        before = set(say.imports)
        try:
            layers.append(spell(say))
        except UnspellableError:
            say.imports = before
    return layers


def _token(say: Spelling) -> Layer:
    tokens = Tokens(say)
    lines = (f"token = {tokens.issue('user')}", f"proved = {tokens.owner('token')}")
    return Layer("token_owner", tokens.reads, lines, "proved")


def _agent(say: Spelling) -> Layer:
    agents = Agents(say)
    lines = (f"agent = {agents.make('context')}", agents.work("agent", 'f"asked by {user}"'))
    return Layer("agent_factory", agents.factory, lines, "agent", "asked")


def _tool(say: Spelling) -> Layer:
    calls = ToolCalls(say)
    lines = (f"tools = {calls.make('context')}", calls.run("tools", 'f"noted by {user}"'))
    return Layer("dispatcher", calls.factory, lines, "tools", "noted")


def _event(say: Spelling) -> Layer:
    ws = Connections(say)
    laptop = ws.register("user", 'f"laptop-{user}"')
    before = (f"pool = {ws.pool}", f"laptops = {{user: {laptop} for user in users}}")
    lines = (ws.send("user", '{"event": f"told by {user}"}'),)
    return Layer("pool", ws.name, lines, "laptops[user].received_events", "told", before)


def _row(say: Spelling) -> Layer:
    rows = Rows(say)
    row = rows.row('f"stored by {user}"')
    lines = (
        f"{rows.open('context', 'session')}:",
        f"    {rows.do('session', 'add', row)}",
        f"    {rows.do('session', 'commit')}",
        f"    rows = {rows.texts('session')}",
    )
    return Layer("session", say.name_of("session"), lines, "list(rows)", "stored")


def _analytics(say: Spelling) -> Layer:
    events = Analytics(say)
    lines = (
        events.track('f"tracked by {user}"', "context"),
        f"events = {say.role('query', user_id='user')}",
    )
    return Layer("query", events.asks, lines, "events", "tracked")


def _service(say: Spelling) -> Layer:
    tokens = Tokens.of_services(say)
    lines = (f"service_pass = {tokens.issue('user')}", f"acted_for = {tokens.owner('service_pass')}")
    return Layer("service_owner", tokens.reads, lines, "acted_for")


_ALL: Final[tuple[Callable[[Spelling], Layer], ...]] = (
    _token, _agent, _tool, _row, _event, _analytics, _service
)  # fmt: skip
LAYER_ROLES: Final = (
    "token_owner", "agent_factory", "dispatcher", "session", "pool", "query", "service_owner"
)  # fmt: skip
