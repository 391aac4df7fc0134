"""What has been learned of who owns what: facts by owner, and the values that only one user's answers had."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, final

from cellwall.audit.actor import NOBODY
from cellwall.audit.exchange import Exchange
from cellwall.audit.facts import Fact, fit, fits_type, leaves
from cellwall.audit.operation import Operation
from cellwall.canary import CanaryBook, UnfitValueError

LEAST_FIT: Final = 50
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d([T ]|$)|\d{2}:\d{2}:\d{2}|GMT")


@final
class Knowledge:
    """Learns from what users were answered when they asked for their own."""

    def __init__(self, book: CanaryBook) -> None:
        self.book = book
        self._marks = CanaryBook(
            book.seed
        )  # canaries without claims: what is claimed may yet turn out shared
        self.facts: list[Fact] = []
        self._holders: dict[tuple[str, str, str], dict[str, bool]] = {}  # owner -> marked
        self._gone: set[tuple[str, str, str]] = set()

    def meet(self, owner: str) -> None:
        """Note that there is this user, so that its canaries are known as such."""
        self._marks.issue_value(owner)

    def learn(self, exchange: Exchange, operation: Operation, sent: Mapping[str, Any] | None = None) -> None:
        """Take the facts of a granted request of somebody's own; `sent` are values it was made with.

        An object that holds another user's canary is that user's, whoever was shown it: a list that leaks
        must not make everybody's what it shows.
        """
        viewer = exchange.actor or NOBODY
        if not exchange.response.ok:
            return
        for leaf in leaves(exchange.response.json, self._marks):
            self._add(
                leaf.owner or viewer, leaf.key, leaf.value, (*operation.resources, *leaf.around), operation
            )
        for key, value in (sent or {}).items():
            if viewer != NOBODY and isinstance(value, str | int) and not isinstance(value, bool):
                self._add(viewer, key, value, operation.resources, operation)
        location = exchange.response.header("location")
        if location and viewer != NOBODY:
            self._add(
                viewer, "id", location.rstrip("/").rpartition("/")[2][:200], operation.resources, operation
            )

    def tell(self, owner: str, key: str, value: Any, resource: str) -> None:
        """Take a fact that comes from elsewhere, such as a token's claims."""
        self._add(owner, key, value, (resource,), None)

    def _add(
        self,
        owner: str,
        key: str,
        value: Any,
        resources: tuple[str, ...],
        operation: Operation | None,
        *,
        marked: bool = False,
    ) -> None:
        if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > 500:
            return
        fact = Fact(owner, key, value, resources, operation.key if operation else "", len(self.facts), marked)
        self.facts.append(fact)
        holders = self._holders.setdefault(fact.slot, {})
        holders[owner] = holders.get(owner, False) or marked
        self._claim(owner, value)

    def _claim(self, owner: str, value: Any) -> None:
        """Claim values that look like ids, not words or moments, which two users have by chance."""
        if not isinstance(value, str) or re.search(r"\d", value) is None or re.search(r"\s", value):
            return
        if _MOMENT.search(value) is None:
            with suppress(UnfitValueError):
                self.book.claim(owner, value)

    def shared(self, fact: Fact) -> bool:
        """Whether it is of a thing that others see too: they have the value, in no object of their own."""
        holders = self._holders[fact.slot]
        return len(holders) > 1 and not all(holders.values())

    def twice(self, fact: Fact) -> bool:
        """Whether somebody else has another object under the same id, as where each user's count from 1."""
        return len(self._holders[fact.slot]) > 1

    def forget(self, owner: str, value: Any) -> None:
        """Note that the thing with this id is gone."""
        for fact in self.facts:
            if fact.owner == owner and str(fact.value) == str(value):
                self._gone.add(fact.slot)

    def abandon(self, owner: str) -> None:
        """Forget that a user who is no more had anything; its values stay its own."""
        self._gone |= {fact.slot for fact in self.facts if fact.owner == owner}

    def best(
        self, owner: str, name: str, schema: Mapping[str, Any], resource: str, *, least: int = LEAST_FIT
    ) -> Fact | None:
        """Give `owner`'s own value that fits best: one that nobody else has, the latest of equals."""
        best, rank = None, (least, False)
        for fact in self.facts:
            if fact.owner == owner and fact.slot not in self._gone and fits_type(fact.value, schema):
                fits = fit(name, resource, fact)
                if (fits, not self.twice(fact)) >= rank and fits > 0 and not self.shared(fact):
                    best, rank = fact, (fits, not self.twice(fact))
        return best

    def common(self, name: str, schema: Mapping[str, Any], resource: str) -> Fact | None:
        """Give a value that is nobody's own and fits: of a catalogue that all see."""
        best, score = None, LEAST_FIT - 1
        for fact in self.facts:
            if (self.shared(fact) or fact.owner == NOBODY) and fits_type(fact.value, schema):
                fits = fit(name, resource, fact)
                if fits > score:
                    best, score = fact, fits
        return best

    def values_of(self, owner: str, text: str) -> set[str]:
        """Give the values in a text that only `owner` has."""
        return {each for each in self.book.values_in(text) if self.book.owners_in(each) == {owner}}
