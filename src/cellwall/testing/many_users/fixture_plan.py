"""Decides who makes each fixture of a test: each user its own, all users one, or pytest. Makes nothing.

A fixture is named by itself and its level: -1 is the one that wins, -2 the one that it overrides, and so on.
"""

import inspect
import sysconfig
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, final

from cellwall.testing.many_users.pytest_private import Definition, without_wrapper

USER_CONTEXT: Final = "user_context"
TEMPORARY_FOLDER: Final = (
    "tmp_path"  # pytest's own can be torn down only once, so it is made from its factory
)
_PYTESTS: Final = {"request", "anyio_backend"}  # the latter says which loop is to run
_INSTALLED: Final = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
Chain = tuple[str, ...]


@final
class Maker(Enum):
    """Who makes a fixture."""

    USER = "each user its own"
    SHARED = "one for all users, anew for each run"
    PYTEST = "pytest"


@final
class Kind(Enum):
    """What calling the function of a fixture gives."""

    VALUE = "the value"
    COROUTINE = "a coroutine of the value"
    GENERATOR = "a generator of the value"
    ASYNC_GENERATOR = "an async generator of the value"


@final
@dataclass(frozen=True, slots=True)
class Recipe:
    """How one fixture is made; the same for all users and all runs of a test."""

    function: Callable[..., Any]
    needs: tuple[str, ...]
    kind: Kind
    is_temporary_folder: bool


@final
@dataclass(frozen=True, slots=True)
class Step:
    """One fixture of a user's own in the order of making.

    Attributes:
        key: its name and level.
        chain: who asks for what it needs, itself last.
        own: its arguments that are the user's own, made by steps before, with their keys.
        others: its arguments that somebody else makes.
    """

    key: tuple[str, int]
    recipe: Recipe
    chain: Chain
    own: tuple[tuple[str, tuple[str, int]], ...]
    others: tuple[str, ...]


def level_of(name: str, chain: Chain) -> int:
    """Give the level that a fixture of this name has when it is asked for by the last of `chain`."""
    return -1 - chain.count(name)


def is_async(function: Callable[..., Any]) -> bool:
    """Tell whether the function of a fixture is a coroutine function or an async generator function."""
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


@final
class FixturePlan:
    """Who makes which fixture of one test; `look_up` gives a name's definitions, the winning one last.

    Attributes:
        makers: what `maker` has said, by name and level.
    """

    def __init__(self, look_up: Callable[[str], Sequence[Definition]]) -> None:
        self._look_up = look_up
        self.makers: dict[tuple[str, int], Maker] = {}
        self._reaching: dict[tuple[str, int], bool] = {}
        self._steps: dict[tuple[str, ...], list[Step]] = {}
        self._recipes: dict[tuple[str, int], Recipe | None] = {}

    def definition(self, name: str, level: int) -> Definition | None:
        """Give the definition of a fixture; None when nothing of this name is left at this level."""
        found = self._look_up(name)
        return found[level] if -level <= len(found) else None

    def recipe(self, key: tuple[str, int]) -> Recipe | None:
        """Say how the fixture of this name and level is made; None when nothing of the name is left there."""
        if key not in self._recipes:
            definition = self.definition(*key)
            self._recipes[key] = None if definition is None else _recipe(key[0], definition)
        return self._recipes[key]

    def steps(self, names: Sequence[str]) -> list[Step]:
        """Give how a user's own fixtures among `names`, and those that they need, are made, in order."""
        known = self._steps.get(tuple(names))
        if known is None:
            found: dict[tuple[str, int], Step] = {}
            for name in names:
                self._add_steps(name, (), found)
            known = self._steps[tuple(names)] = list(found.values())
        return known

    def _add_steps(self, name: str, chain: Chain, found: dict[tuple[str, int], Step]) -> None:
        key = (name, level_of(name, chain))
        recipe = self.recipe(key)
        if key in found or recipe is None:
            return
        inner = (*chain, name)
        own = {
            each: (each, level_of(each, inner))
            for each in recipe.needs
            if self.maker(each, inner) is Maker.USER
        }
        for each in own:
            self._add_steps(each, inner, found)
        others = tuple(each for each in recipe.needs if own.get(each) not in found)
        known = tuple((each, at) for each, at in own.items() if at in found)
        found[key] = Step(key, recipe, inner, known, others)

    def maker(self, name: str, chain: Chain = ()) -> Maker:
        """Say who makes the fixture that the last of `chain` asks for by this name."""
        key = (name, level_of(name, chain))
        if key not in self.makers:
            self.makers[key] = Maker.PYTEST  # what depends on itself is pytest's to complain about
            self.makers[key] = self._decide(name, chain)
        return self.makers[key]

    def reaches_user(self, name: str, chain: Chain = ()) -> bool:
        """Tell whether the fixture is `user_context`, or depends on it."""
        if name == USER_CONTEXT:
            return True
        key = (name, level_of(name, chain))
        if key not in self._reaching:
            self._reaching[key] = False
            self._reaching[key] = any(self.reaches_user(each, (*chain, name)) for each in self._needs(*key))
        return self._reaching[key]

    def wider_users(self, names: Sequence[str]) -> list[Definition]:
        """Give the fixtures that depend on the user and live longer than one test."""
        found = [self.definition(name, -1) for name in names if self.reaches_user(name)]
        return [each for each in found if each is not None and each.scope != "function"]

    def _needs(self, name: str, level: int) -> tuple[str, ...]:
        definition = self.definition(name, level)
        return without_wrapper(definition)[1] if definition is not None else ()

    def _decide(self, name: str, chain: Chain) -> Maker:
        if self.reaches_user(name, chain):
            return Maker.USER
        level = level_of(name, chain)
        definition = self.definition(name, level)
        if definition is None or name in _PYTESTS:
            return Maker.PYTEST
        function, needs = without_wrapper(definition)
        makers = {self.maker(each, (*chain, name)) for each in needs}
        if is_async(function) or Maker.SHARED in makers:
            return Maker.SHARED
        if definition.scope != "function":
            return Maker.PYTEST
        return Maker.PYTEST if "request" in needs and _is_installed(function) else Maker.SHARED


def _recipe(name: str, definition: Definition) -> Recipe:
    function, needs = without_wrapper(definition)
    is_folder = name == TEMPORARY_FOLDER and definition.func.__module__.startswith("_pytest.")
    return Recipe(function, needs, _kind(function), is_folder)


def _kind(function: Callable[..., Any]) -> Kind:
    if inspect.iscoroutinefunction(function):
        return Kind.COROUTINE
    if inspect.isasyncgenfunction(function):
        return Kind.ASYNC_GENERATOR
    return Kind.GENERATOR if inspect.isgeneratorfunction(function) else Kind.VALUE


def _is_installed(function: Callable[..., Any]) -> bool:
    """Tell whether the function is pytest's or of an installed plugin, not of the project."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and code.co_filename.startswith(_INSTALLED)
