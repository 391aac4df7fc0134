"""The audit's hands: sends calls as users, counts them by operation, and keeps what was exchanged."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

from cellwall.audit.actor import ALICE, BOB, NOBODY, Actor
from cellwall.audit.call import Call
from cellwall.audit.exchange import Exchange, Request, Response
from cellwall.audit.knowledge import Knowledge
from cellwall.audit.operation import Operation
from cellwall.audit.own_call import OwnCalls, Variant
from cellwall.audit.transport import Transport
from cellwall.canary import CanaryBook

DEPTH: Final = 12
_TOO_MANY: Final = 429
_TELLING: Final = 6  # characters from which on a text is not met by chance


@final
@dataclass
class Lab:
    """Everything that a probe works with.

    Attributes:
        own: granted calls of users' own, by operation and user; the last one stands.
        answers: what they were answered.
        refusals: why an own call could not be made or was not granted, by operation.
        invalid: operations for which no body was found that its owner is granted.
        granted: own calls that were granted, by operation and user.
        asked: requests sent, by operation; `depth` of them are allowed for each.
        limited: operations that were refused as asked too often, as it happened.
        patience: seconds that may yet be waited where the application says that it was asked too often.
        app: the ASGI application where it is in this process, None behind a URL.
    """

    transport: Transport
    operations: Sequence[Operation]
    knowledge: Knowledge
    calls: OwnCalls
    depth: int = DEPTH
    app: Any = None
    actors: dict[str, Actor] = field(default_factory=dict)
    own: dict[tuple[str, str], Call] = field(default_factory=dict)
    answers: dict[tuple[str, str], Exchange] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    granted: Counter[tuple[str, str]] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    limited: list[str] = field(default_factory=list)
    patience: int = 20
    notes: list[str] = field(default_factory=list)

    @property
    def book(self) -> CanaryBook:
        """The book of canaries."""
        return self.knowledge.book

    @property
    def alice(self) -> Actor:
        """The user whose things are asked for."""
        return self.actors[ALICE]

    @property
    def bob(self) -> Actor:
        """The user who asks."""
        return self.actors[BOB]

    def left(self, operation: Operation) -> int:
        """Give how many more requests the operation may get."""
        return self.depth - self.asked[operation.key]

    async def call(
        self, actor: Actor | None, call: Call, *, count: bool = True, charged: Operation | None = None
    ) -> Exchange:
        """Send a call as this user, None for nobody; `charged` is the operation for whose sake it is sent."""
        if charged is not None and count:
            self.asked[charged.key] += 1
            count = False
        return await self.send(actor, call.operation.key, call.request(actor), count=count)

    async def send(self, actor: Actor | None, key: str, request: Request, *, count: bool = True) -> Exchange:
        """Send a request that is written already."""
        if count:
            self.asked[key] += 1
        response = await self.transport.send(request)
        if response.status == _TOO_MANY:
            self.throttled[actor.name if actor else NOBODY] += 1
            self.limited.append(key)
            wait = response.header("retry-after")
            if wait.isdecimal() and int(wait) <= self.patience:
                self.patience -= int(wait)
                await asyncio.sleep(int(wait))
                response = await self.transport.send(request)
        return Exchange(actor.name if actor else None, key, request, response)

    def learn(self, exchange: Exchange, call: Call) -> None:
        """Take what a user's own call tells, and keep the call where it was granted."""
        self.knowledge.learn(exchange, call.operation, call.values())
        if exchange.response.ok and exchange.actor is not None:
            self.granted[call.operation.key, exchange.actor] += 1
            self.own[call.operation.key, exchange.actor] = call
            self.answers[call.operation.key, exchange.actor] = exchange

    def operation(self, key: str) -> Operation:
        """Give the operation of this name."""
        return next(each for each in self.operations if each.key == key)

    def views(self, values: Collection[str], near: Collection[str] = (), *, most: int = 2) -> list[Call]:
        """Give alice's own reading calls whose answer showed one of these values.

        Those that name the things in `near` come first, then the ones that showed more of the values, then
        the shorter.
        """
        found = []
        for (key, owner), exchange in self.answers.items():
            if owner == ALICE and exchange.request.method == "GET" and not exchange.response.cut:
                hits = _hits(exchange.response, values)
                if hits:
                    close = len(set(self.operation(key).resources) & set(near))
                    found.append((-close, -hits, len(exchange.response.body), key))
        return [self.own[key, ALICE] for *_, key in sorted(found)[:most]]


def _hits(response: Response, values: Collection[str]) -> int:
    """Count the values that an answer shows: as a whole where they are short, else wherever they stand."""
    whole = {str(value) for value in json_values(response).values()}
    return sum(value in whole or (len(value) >= _TELLING and value in response.text) for value in values)


def json_values(response: Response) -> Mapping[tuple[str, ...], Any]:
    """Give the answer's values by their path, for comparing two answers."""
    found: dict[tuple[str, ...], Any] = {}
    stack: list[tuple[tuple[str, ...], Any]] = [((), response.json)]
    while stack and len(found) < 5000:
        path, node = stack.pop()
        if isinstance(node, dict):
            stack += [((*path, str(key)), value) for key, value in node.items()]
        elif isinstance(node, list):
            stack += [((*path, str(place)), value) for place, value in enumerate(node)]
        elif node is not None:
            found[path] = node
    return found
