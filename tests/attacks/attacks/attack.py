"""What an attack is, what its author knows, and the list of all attacks. Nothing here knows a library."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from attacks.models import Models

ATTACKER: Final = "mallory"
VICTIM: Final = "victoria"


class Arena(Protocol):
    """One way of keeping users apart, with rows in a real database."""

    name: str
    dialect: str  # of SQLAlchemy: sqlite, postgresql
    models: Models
    refusals: tuple[type[BaseException], ...]  # the library's own errors for what it does not allow
    shared: bool  # whether users' rows stand in the same tables

    def session(self, user: str) -> AbstractAsyncContextManager[AsyncSession]:
        """Open an ordinary request of `user`, as an application would."""
        ...

    def trusted(self, user: str) -> AbstractAsyncContextManager[AsyncConnection]:
        """Connect, without any wall, to where the rows of `user` are."""
        ...

    async def let_go(self) -> None:
        """Close what the trusted have open."""
        ...

    async def rebuild(self, *, wrecked: bool = False) -> None:
        """Empty all tables, or make them anew when an attack has `wrecked` them."""
        ...


@dataclass(frozen=True)
class Attacker:
    """What Mallory has: a session of hers, the models, and the ids of Victoria's rows (not their content)."""

    arena: Arena
    session: AsyncSession

    me: str = ATTACKER
    victim: str = VICTIM
    victims_folder: int = 1001
    victims_note: int = 1002
    victims_tag: int = 1003
    victims_setting: int = 1004
    victims_letter: int = 1005
    victims_invoice: int = 1006
    my_folder: int = 2001
    my_note: int = 2002
    my_tag: int = 2003
    my_setting: int = 2004

    @property
    def m(self) -> Models:
        """The models."""
        return self.arena.models

    @property
    def postgres(self) -> bool:
        """Whether this is PostgreSQL, where another SQL has to be injected."""
        return self.arena.dialect == "postgresql"

    def owned_by(self, user: str) -> dict[str, str]:
        """Give the owner's column with `user` in it, for values of a row."""
        return {self.m.owner: user}

    def another(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open one more request of Mallory's."""
        return self.arena.session(self.me)

    def victims(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open an innocent request of Victoria's, for attacks on what is left of it."""
        return self.arena.session(self.victim)


Script = Callable[[Attacker], Awaitable[object]]


@dataclass(frozen=True)
class Attack:
    """One try to read, change, delete, point to or make a row of another user.

    An oracle learns by a difference: it runs in a world with Victoria's rows and in one without them,
    and has leaked when what it gave back is not the same.
    """

    name: str
    group: str
    text: str
    script: Script
    oracle: bool = False
    only: str | None = None  # the one dialect that it is made for
    beyond: bool = False  # it works past SQLAlchemy, where only some walls can stand
    destroys: bool = False  # it changes tables themselves, so they are made anew afterwards


ATTACKS: Final[dict[str, Attack]] = {}


def attack(**traits: Any) -> Callable[[Script], Script]:
    """Put a coroutine function on the list; its name is the attack's, its docstring says what it tries."""

    def register(script: Script) -> Script:
        name = script.__name__  # type: ignore[attr-defined]
        if name in ATTACKS:
            raise ValueError(f"two attacks are called {name}")
        group = script.__module__.rpartition(".")[2]
        ATTACKS[name] = Attack(name, group, (script.__doc__ or "").strip(), script, **traits)
        return script

    return register
