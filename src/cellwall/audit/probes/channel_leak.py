"""Opens WebSocket channels as bob, his own and alice's, and listens while alice acts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, final

from cellwall.audit.actor import ALICE, Actor
from cellwall.audit.app_routes import Route
from cellwall.audit.call import Call
from cellwall.audit.channels import Channel, own_values
from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import excerpt, shown
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.weaknesses import WEAKNESSES

_MOST_ACTS = 6


@final
class ChannelLeak:
    """A channel is an operation of its own in the coverage table, `WEBSOCKET /path`."""

    name = "channel"
    asks = "does a channel tell bob of what alice does?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Listen on bob's own channel, then on one under alice's names."""
        route = at.channels.get(operation.key)
        if route is None:
            return NOT_APPLICABLE
        his = own_values(at.lab, route, at.lab.bob)
        own, answer = await self._hears(at, route, at.lab.bob, his)
        if answer is not None:
            return tested(_finding(at, operation, route, answer, "his own channel"))
        hers = own_values(at.lab, route, at.lab.alice)
        if not hers:
            return tested() if not own else not_reached(f"the channel did not accept bob ({own})")
        channel = Channel(at.lab, route, at.lab.alice, hers)
        if await channel.open():
            await channel.listen()
            await self._act(at, hers)
            await channel.close()
        opened, answer = await self._hears(at, route, at.lab.bob, hers)
        if answer is not None:
            return tested(_finding(at, operation, route, answer, "alice's channel"))
        if own and opened:
            return not_reached(f"the channel did not accept bob ({own})")
        return tested()

    async def _hears(
        self, at: Investigation, route: Route, actor: Actor, values: dict[str, Any]
    ) -> tuple[str, Channel | None]:
        """Open a channel while alice acts; why it did not open, and it, where bob heard what is hers."""
        channel = Channel(at.lab, route, actor, values)
        if not await channel.open():
            return channel.refusal or "refused", None
        try:
            await channel.listen()
            await self._act(at, {})
            await channel.listen()
        finally:
            await channel.close()
        return "", channel if shown(at.lab.knowledge, channel.exchange("")) else None

    async def _act(self, at: Investigation, named: dict[str, Any]) -> None:
        """Let alice do what she did before, with headers that name her channel where one is taken."""
        keys = [key for key, owner in at.lab.own if owner == ALICE]
        acts = [key for key in keys if at.lab.operation(key).kind in (Kind.CREATE, Kind.ACTION)]
        for key in acts[:_MOST_ACTS]:
            call = at.lab.own[key, ALICE]
            headers = {
                parameter.name: str(value)
                for parameter in call.operation.parameters
                if parameter.place == "header"
                for name, value in named.items()
                if _plain(parameter.name).endswith(_plain(name))
            }
            await at.lab.call(at.lab.alice, _with(call, headers), count=False)


def _with(call: Call, headers: dict[str, str]) -> Call:
    return replace(call, headers={**call.headers, **headers})


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _finding(at: Investigation, operation: Operation, route: Route, heard: Channel, where: str) -> Finding:
    exchange = heard.exchange(operation.key)
    values = shown(at.lab.knowledge, exchange)
    return Finding(
        WEAKNESSES["channel-leak"], operation.key, where, Severity.CRITICAL,
        "every open page may hear of every user", Verdict.CONFIRMED,
        f"bob heard on {where}: {excerpt(exchange.response, values)}", (exchange,), route.place,
    )  # fmt: skip
