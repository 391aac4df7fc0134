"""Kinds of account, such as members and admins: how users of each are made, which see others by design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from cellwall.audit.accounts import Accounts
from cellwall.audit.actor import Actor


@final
@dataclass(frozen=True)
class AccountKind:
    """One kind; `users` are headers of given accounts of it, none to sign new ones up.

    `sees_others`: what such an account is shown of others is by design, so that only what is its own is
    asked for, by users of other kinds.
    """

    name: str = ""
    sign_up: str = ""
    sign_in: str = ""
    users: tuple[Mapping[str, str], ...] = ()
    sees_others: bool = False

    @property
    def has_two(self) -> bool:
        """Whether two accounts of it can be had."""
        return not self.sees_others and (not self.users or len(self.users) > 1)


@final
class AccountsByName:
    """The sign-ups of the users of one audit, each by its kind's; a user who was given has none."""

    def __init__(self, by_name: Mapping[str, Accounts]) -> None:
        self._by_name = by_name

    def makes(self, name: str) -> bool:
        """Whether this user can be made anew."""
        return name in self._by_name

    async def make(self, name: str, *, like: str = "") -> Actor:
        """Sign a user up and in; a new name is signed up as the user `like` was.

        Raises:
            NoUsersError: it did not work.
        """
        return await self._by_name[like or name].make(name)

    async def sign_in(self, actor: Actor, *, password: str = "") -> bool:
        """Sign the user in again, with another password where one is given; whether it worked."""
        accounts = self._by_name.get(actor.name)
        return accounts is not None and await accounts.sign_in(actor, password=password)

    def can_sign_in(self, name: str) -> bool:
        """Whether a password of this user can be tried."""
        accounts = self._by_name.get(name)
        return accounts is not None and accounts.can_sign_in
