"""Putting leaky callables into modules, onto classes and onto single objects."""

import functools
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from cellwall.testing.leaky_doubles import places
from cellwall.testing.leaky_doubles.places import Around, put
from cellwall.testing.leaky_doubles.spelled import NotMadeError, Point

SOURCE = '''
import functools
from collections import Counter
from dataclasses import dataclass

def make(x): return ("made", x)

class Kind:
    """A kind."""
    def __init__(self, x, y=0): self.x, self.y = x, y
    @staticmethod
    def static(x): return ("static", x)
    @classmethod
    def of(cls, x): return cls(x)

class Child(Kind):
    pass

class Slotted:
    __slots__ = ("x",)
    def ask(self, x): return ("slotted", x)

@dataclass(frozen=True)
class Frozen:
    x: int
    def ask(self, x): return ("frozen", x)

class Callable_:
    def __call__(self, x): return ("called", x)
    attribute = 1

class Fresh:
    def __new__(cls, x):
        made = super().__new__(cls)
        made.x = x
        return made

class Closed:
    def __init_subclass__(cls, **_): raise TypeError("no subclasses")
    @staticmethod
    def of(x): return ("closed", x)

class Foreign(Counter):
    pass
Foreign.__module__ = "another.place"

slotted, frozen, caller = Slotted(), Frozen(1), Callable_()
partial = functools.partial(make)
bound = frozen.ask
'''


@pytest.fixture
def module() -> Iterator[ModuleType]:
    """Give a target's module, importable as `leak_places_target`."""
    made = ModuleType("leak_places_target")
    sys.modules[made.__name__] = made
    exec(SOURCE, made.__dict__)
    yield made
    del sys.modules[made.__name__]


def nine(original: Any) -> Any:
    """Put 9 in the place of whatever was given."""

    @functools.wraps(original)
    def leaking(x: Any) -> Any:
        return original(9)

    return leaking


def at(*names: str) -> Point:
    """Give a point of the module."""
    return Point("leak_places_target", names[0], names[1:], True, 0)


NINE: Around = nine
PLACES = [
    (("make",), ("made", 9)),
    (("Kind", "static"), ("static", 9)),
    (("slotted", "ask"), ("slotted", 9)),
    (("frozen", "ask"), ("frozen", 9)),
    (("caller",), ("called", 9)),
    (("partial",), ("made", 9)),
    (("bound",), ("frozen", 9)),
    (("Closed", "of"), ("closed", 9)),
]


@pytest.mark.parametrize(("names", "answer"), PLACES, ids=[".".join(row[0]) for row in PLACES])
def test_where_a_double_can_be_put(names: tuple[str, ...], answer: Any, module: Any) -> None:
    put(at(*names), NINE)
    target = module
    for name in names:
        target = getattr(target, name)
    assert target(1) == answer


def test_objects_keep_their_class_and_their_neighbours(module: Any) -> None:
    other = module.Slotted()
    for name in ("slotted", "frozen"):
        put(at(name, "ask"), NINE)
    put(at("caller"), NINE)
    assert isinstance(module.slotted, module.Slotted)
    assert type(module.slotted).__name__ == "Slotted"
    assert isinstance(module.frozen, module.Frozen)
    assert module.caller.attribute == 1
    assert other.ask(1) == ("slotted", 1), "only this object leaks"


def test_a_class_method_makes_its_class(module: Any) -> None:
    put(at("Kind", "of"), NINE)
    assert module.Kind.of(1).x == 9
    assert type(module.Kind.of(1)) is module.Kind


@pytest.mark.parametrize("name", ["Kind", "Frozen", "Fresh"])
def test_a_class_stays_a_class(name: str, module: Any) -> None:
    kind, signature = getattr(module, name), inspect.signature(getattr(module, name))
    put(at(name), NINE)
    made = kind(1)
    assert (type(made), made.x) == (kind, 9)
    assert getattr(module, name) is kind, "whoever imported it before sees it too"
    assert inspect.signature(kind) == signature


def test_subclasses_are_made_as_ever(module: Any) -> None:
    put(at("Kind"), NINE)
    assert (module.Child(1, y=2).x, module.Child(1, y=2).y) == (1, 2)


def test_what_is_made_first_may_be_given_again(module: Any) -> None:
    kept: list[Any] = []

    def first(original: Any) -> Any:
        def give(*args: Any) -> Any:
            if not kept:
                kept.append(original(*args))
            return kept[0]

        return give

    put(at("Kind"), first)
    one = module.Kind(1)
    one.x = "changed"
    assert module.Kind(2) is one
    assert one.x == "changed", "it is not initialised a second time"


def test_a_class_that_is_only_passed_on_stays_as_it_is(module: Any) -> None:
    foreign = module.Foreign

    def empty(original: Any) -> Any:
        return lambda *_: original()

    put(at("Foreign"), empty)
    assert module.Foreign is not foreign
    assert issubclass(module.Foreign, foreign)
    assert (dict(foreign("a")), dict(module.Foreign("a"))) == ({"a": 1}, {})
    assert module.Foreign.__name__ == "Foreign"


IMPOSSIBLE = [
    (Point("leak_places_nowhere", "f"), "cannot be imported"),
    (at("nothing"), "is not there"),
    (at("Kind", "nothing"), "is not there"),
    (Point("leak_places_target", ""), "is a module"),
    (at("frozen", "x"), "cannot be called"),
    (Point("builtins", "dict", ("fromkeys",), True, 0), "cannot be replaced"),
]


@pytest.mark.parametrize(("point", "why"), IMPOSSIBLE, ids=[row[1] for row in IMPOSSIBLE])
def test_where_none_can_be_put(point: Point, why: str, module: Any) -> None:
    with pytest.raises(NotMadeError, match=why):
        put(point, NINE)


@dataclass(frozen=True, slots=True)
class Sealed:
    x: int

    def ask(self, x: int) -> int:
        return x


def test_an_object_with_slots_takes_members_too() -> None:
    sealed = Sealed(1)
    places.dress(sealed, {"ask": lambda x: 9})
    assert (sealed.ask(1), sealed.x, Sealed(1).ask(1)) == (9, 1, 1)
