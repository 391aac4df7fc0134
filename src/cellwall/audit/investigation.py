"""One audit under way: the lab, the accounts, what was found, and whether its users can still be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from cellwall.audit.account_kind import AccountsByName
from cellwall.audit.actor import ALICE, NOBODY, Actor
from cellwall.audit.app_routes import Route
from cellwall.audit.call import Call
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding
from cellwall.audit.judge import shown
from cellwall.audit.lab import Lab
from cellwall.audit.operation import Kind
from cellwall.audit.reference import references
from cellwall.audit.seeding import own_call, read_again, seed
from cellwall.audit.sharing_rules import SharingRules


@final
@dataclass
class Investigation:
    """What probes are given.

    Attributes:
        open: what nobody was answered, by operation.
        public: alice's values that anybody is shown in lists.
        guarded: alice's values in answers that an operation with an id gives her and refuses nobody.
        found: the findings until now.
        whoami: the operation that tells best who asks.
        channels: WebSocket routes by the key of their operation.
    """

    lab: Lab
    accounts: AccountsByName
    sharing: SharingRules
    seed: int = 0
    open: dict[str, Exchange] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    guarded: set[str] = field(default_factory=set)
    found: list[Finding] = field(default_factory=list)
    whoami: str = ""
    channels: Mapping[str, Route] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Fill the service, read everything as each user, and see what nobody is shown."""
        await seed(self.lab)
        await read_again(self.lab)
        for operation in self.lab.operations:
            call = self.lab.own.get((operation.key, ALICE))
            if operation.kind is Kind.READ and call is not None:
                nobody = await self.lab.call(None, call)
                self.open[operation.key] = nobody
                if not references(self.lab, operation, self.lab.alice):
                    self.lab.knowledge.learn(nobody, operation)
        self._weigh()
        self.whoami = self._identity_operation()

    def _weigh(self) -> None:
        """Tell what is public from what is guarded."""
        names = set(self.lab.alice.identity.values())
        for key, nobody in self.open.items():
            operation = self.lab.operation(key)
            named = references(self.lab, operation, self.lab.alice)
            if not named and nobody.response.ok:
                self.public |= shown(self.lab.knowledge, nobody)
            if named and nobody.response.status in (401, 403):
                hers = shown(self.lab.knowledge, self.lab.answers[key, ALICE])
                self.guarded |= {each for each in hers if not any(each in name for name in names)}

    def _identity_operation(self) -> str:
        """Choose the operation that tells best whether a user is still who it was."""
        best, score = "", 0
        names = set(self.lab.alice.identity.values())
        for key, nobody in self.open.items():
            answer = self.lab.answers[key, ALICE].response
            if "{" in key or nobody.response.ok:
                continue
            points = 1 + 2 * any(name in answer.text for name in names) + ("me" in key.rpartition("/")[2])
            if points > score:
                best, score = key, points
        return best

    @property
    def telling(self) -> tuple[str, ...]:
        """The operations that show who asks: `whoami`, and one more of another part of the application."""
        part = self.whoami.split("/")[1:2]
        others = (
            key
            for key, nobody in self.open.items()
            if nobody.response.status in (401, 403)
            and key.split("/")[1:2] != part
            and "{" not in key
            and self.lab.knowledge.values_of(ALICE, self.lab.answers[key, ALICE].response.text)
        )
        return tuple(each for each in (self.whoami, next(others, "")) if each)

    def reported(self, key: str) -> bool:
        """Whether something was found on this operation already."""
        return any(each.target == key for each in self.found)

    async def usable(self, actor: Actor) -> bool:
        """Whether the user can still be used as before; signs in again where its token has run out."""
        call = self.lab.own.get((self.whoami, actor.name))
        if call is None:
            return True
        exchange = await self.lab.call(actor, call, count=False)
        if exchange.response.ok:
            return True
        if await self.accounts.sign_in(actor):
            return (await self.lab.call(actor, call, count=False)).response.ok
        return False

    async def mend(self) -> list[str]:
        """Check both users, and make anew those that cannot be used any more; give their names."""
        broken = []
        for name in list(self.lab.actors):
            if name == NOBODY or await self.usable(self.lab.actors[name]):
                continue
            broken.append(name)
            if self.accounts.makes(name):
                await self._make_anew(name)
        return broken

    async def _make_anew(self, name: str) -> None:
        number = sum(name in note for note in self.lab.notes) + 1
        for key in [key for key in self.lab.own if key[1] == name]:
            del self.lab.own[key]
            self.lab.answers.pop(key, None)
        self.lab.knowledge.abandon(name)
        actor = await self.accounts.make(name)
        self.lab.notes.append(f"{name} could not be used any more, and was made anew ({number})")
        for _ in range(2):
            for operation in sorted(
                self.lab.operations, key=lambda each: (each.kind is not Kind.CREATE, each.key)
            ):
                if operation.kind in (Kind.CREATE, Kind.READ):
                    await own_call(self.lab, actor, operation, label=f":{number}")

    async def as_nobody(self, call: Call) -> Exchange:
        """Send a call without credentials."""
        return await self.lab.call(None, call)
