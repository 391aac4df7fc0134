"""The proof finds what two instances share, wherever it is planted, and nothing where nothing is shared."""

import asyncio
import collections
import contextvars
import dataclasses
import enum
import functools
import logging
import re
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Protocol

import msgspec
import pydantic
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall.runtime.agents import AgentInstanceFactory
from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.database import RequestScopedSessionManager
from cellwall.runtime.dispatcher import ToolDispatcher, ToolDispatcherFactory
from cellwall.runtime.errors import SharedStateError
from cellwall.runtime.isolation import prove_isolated
from cellwall.runtime.tools import ToolFactory
from cellwall.runtime.websocket import WebSocketConnectionPool


class Box:
    def __init__(self, held: Any = None) -> None:
        self.held = held


class Slots:
    __slots__ = ("empty", "held")

    def __init__(self, held: Any) -> None:
        self.held = held


class Pair(NamedTuple):
    held: Any
    number: int = 0


@dataclasses.dataclass(frozen=True)
class Frozen:
    held: Any


def closure(held: Any) -> Callable[[], Any]:
    return lambda: held


def default(held: Any) -> Callable[[], Any]:
    def function(value: Any = held) -> Any:
        return value

    return function


def keyword_default(held: Any) -> Callable[[], Any]:
    def function(*, value: Any = held) -> Any:
        return value

    return function


def generator(held: Any) -> Any:
    def values() -> Any:
        mine = held
        yield mine
        yield mine

    started = values()
    next(started)
    return started


class Mine:
    """May be in a set, in a weak reference, and have a method."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def method(self) -> Any:
        return self.held


class MyList(list[Any]):
    pass


WRAPS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "attribute": (Box, ".held"),
    "slot": (Slots, ".held"),
    "list": (lambda held: [0, held], "[1]"),
    "tuple": (lambda held: (held,), "[0]"),
    "named tuple": (Pair, "[0]"),
    "dict": (lambda held: {"key": held}, "['key']"),
    "defaultdict": (lambda held: collections.defaultdict(list, key=held), "['key']"),
    "deque": (lambda held: collections.deque([held]), "[0]"),
    "set": (lambda held: {Mine(held)}, ".<element Mine>.held"),
    "frozenset": (lambda held: frozenset({Mine(held)}), ".<element Mine>.held"),
    "key": (lambda held: {Mine(held): 0}, ".<key Mine>.held"),
    "read-only dict": (lambda held: types.MappingProxyType({"key": held}), ".<mapping>['key']"),
    "frozen dataclass": (Frozen, ".held"),
    "closure": (closure, ".<closure held>"),
    "default": (default, ".<default value>"),
    "keyword default": (keyword_default, ".<default value>"),
    "bound method": (lambda held: Mine(held).method, ".__self__.held"),
    "bound method of C": (lambda held: [held].append, ".__self__[0]"),
    "partial": (lambda held: functools.partial(print, held), ".args[0]"),
    "partial keyword": (lambda held: functools.partial(print, end=held), ".keywords['end']"),
    "subclass of list": (lambda held: MyList([held]), "[0]"),
    "iterator": (lambda held: iter([held, held]), ".<referent 0>[0]"),
    "generator": (generator, ".<referent"),
    "namespace": (lambda held: types.SimpleNamespace(held=held), ".held"),
}

wraps = st.lists(st.sampled_from(sorted(WRAPS)), max_size=6)


def wrapped(names: list[str], core: Any) -> Any:
    for name in reversed(names):
        core = WRAPS[name][0](core)
    return core


@pytest.mark.parametrize("name", sorted(WRAPS))
def test_each_way_to_hold_something_is_looked_through(name: str) -> None:
    wrap, label = WRAPS[name]
    shared: list[str] = []
    with pytest.raises(SharedStateError, match=re.escape(f"agent{label}")):
        prove_isolated(wrap(shared), wrap(shared), name="agent")
    prove_isolated(wrap([]), wrap([]))


@given(wraps, wraps)
def test_planted_sharing_is_found_at_any_depth(first: list[str], second: list[str]) -> None:
    shared = bytearray(b"shared")
    with pytest.raises(SharedStateError, match=r"\(bytearray\)"):
        prove_isolated([wrapped(first, shared)], [wrapped(second, shared)])


@given(wraps, wraps)
def test_what_is_apart_is_proved_apart(first: list[str], second: list[str]) -> None:
    prove_isolated(wrapped(first, bytearray()), wrapped(second, bytearray()))


def test_a_weak_reference_leads_to_what_is_shared() -> None:
    shared = Mine([])
    with pytest.raises(SharedStateError, match=r"agent\.held\.<weak> \(Mine\)"):
        prove_isolated(Box(weakref.ref(shared)), Box(weakref.ref(shared)), name="agent")


def test_the_shortest_path_is_told_and_nothing_below_it() -> None:
    shared = {"deep": [[]]}
    with pytest.raises(SharedStateError) as caught:
        prove_isolated(Box([0, 0, Box(shared)]), Box([0, 0, Box(shared)]), name="agent")
    text = str(caught.value)
    assert "agent.held[2].held (dict)" in text and "deep" not in text


def test_many_are_counted() -> None:
    shared = [[number] for number in range(20)]
    with pytest.raises(SharedStateError, match="and 15 more"):
        prove_isolated(list(shared), list(shared))


class TestClasses:
    def test_an_attribute_that_can_change(self) -> None:
        class Caching:
            cache: ClassVar[list[str]] = []
            name = "constant"

        with pytest.raises(SharedStateError, match=r"agent\.<class Caching>\.cache \(list\)"):
            prove_isolated(Caching(), Caching(), name="agent")

    def test_an_attribute_of_a_class_above(self) -> None:
        class Above:
            cache: ClassVar[dict[str, str]] = {}

        class Below(Above):
            pass

        with pytest.raises(SharedStateError, match=r"<class Above>\.cache"):
            prove_isolated(Below(), Below())

    def test_of_something_that_is_held(self) -> None:
        class Inner:
            cache: ClassVar[set[str]] = set()

        with pytest.raises(SharedStateError, match=r"agent\.held\.<class Inner>\.cache \(set\)"):
            prove_isolated(Box(Inner()), Box(Inner()), name="agent")

    def test_a_cache_of_results(self) -> None:
        class Cached:
            @functools.lru_cache  # noqa: B019
            def answer(self, prompt: str) -> str:
                return prompt

        with pytest.raises(SharedStateError, match=r"answer \(_lru_cache_wrapper\)"):
            prove_isolated(Cached(), Cached())

    def test_a_default_that_remembers(self) -> None:
        class Remembers:
            def run(self, memory: list[str] = []) -> list[str]:  # noqa: B006
                return memory

        with pytest.raises(SharedStateError, match=r"run\.<default memory> \(list\)"):
            prove_isolated(Remembers(), Remembers())

    def test_static_and_class_methods_and_properties(self) -> None:
        shared: list[str] = []

        class Methods:
            @staticmethod
            def static(value: list[str] = shared) -> None: ...

        class Properties:
            @property
            def value(self) -> list[str]:
                return shared

        with pytest.raises(SharedStateError, match="default value"):
            prove_isolated(Methods(), Methods())
        with pytest.raises(SharedStateError, match="closure shared"):
            prove_isolated(Properties(), Properties())

    def test_a_descriptor_that_remembers(self) -> None:
        class Remembers:
            def __init__(self) -> None:
                self.values: dict[int, str] = {}

            def __get__(self, instance: object, owner: type) -> str:
                return self.values[id(instance)]

        class Agent:
            value = Remembers()

        with pytest.raises(SharedStateError, match=r"value \(Remembers\)"):
            prove_isolated(Agent(), Agent())

    def test_one_dict_for_all(self) -> None:
        shared: dict[str, str] = {}

        class Borg:
            def __init__(self) -> None:
                self.__dict__ = shared

        with pytest.raises(SharedStateError, match=r"__dict__"):
            prove_isolated(Borg(), Borg())

    def test_singleton(self) -> None:
        one = Box()
        with pytest.raises(SharedStateError, match=r"agent \(Box\)"):
            prove_isolated(one, one, name="agent")


class Colour(enum.Enum):
    RED = (1,)


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "proof_item"
    id: Mapped[int] = mapped_column(primary_key=True)


class ModelAgent(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
    context: UserExecutionContext
    notes: list[str] = []


class StructAgent(msgspec.Struct):
    context: UserExecutionContext
    notes: list[str] = []


@dataclasses.dataclass
class DataAgent:
    context: UserExecutionContext
    notes: list[str] = dataclasses.field(default_factory=list)


class Runs(Protocol):
    def run(self) -> None: ...


class ProtocolAgent(Runs):
    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context

    def run(self) -> None:
        super().__init__()


class TestWhatMayBeShared:
    @pytest.mark.parametrize(
        "value",
        [
            "text", 7, (1, ("a",)), frozenset({1}), Colour.RED, re.compile("x"), logging.getLogger("x"),
            logging, len, print, Box, threading.Lock(), object(), contextvars.ContextVar("x"), Frozen(("a",)),
            Pair("a"), closure("text"), functools.partial(print, "x"), "text".upper,
        ],
    )  # fmt: skip
    def test_data_that_cannot_change(self, value: Any) -> None:
        prove_isolated([value], [value])

    def test_what_only_looks_unchanging(self) -> None:
        class Text(str):
            pass

        text = Text("x")
        for value in (text, ([],), Frozen([]), Pair([]), types.MappingProxyType({"x": []})):
            with pytest.raises(SharedStateError):
                prove_isolated([value], [value])

    def test_never_a_context(self, ada: UserExecutionContext, bob: UserExecutionContext) -> None:
        with pytest.raises(SharedStateError, match="UserExecutionContext"):
            prove_isolated(Box(ada), Box(ada))
        prove_isolated(Box(ada), Box(bob))

    @pytest.mark.parametrize("agent", [ModelAgent, StructAgent, DataAgent, ProtocolAgent])
    def test_agents_of_every_make(
        self, agent: Any, ada: UserExecutionContext, bob: UserExecutionContext
    ) -> None:
        first, second = agent(context=ada), agent(context=bob)
        prove_isolated(first, second)
        if hasattr(first, "notes"):
            second.notes = first.notes
            with pytest.raises(SharedStateError, match="notes"):
                prove_isolated(first, second)

    def test_models_of_a_database(self) -> None:
        prove_isolated(Box(Item(id=1)), Box(Item(id=1)))

    async def test_what_is_made_for_all_requests(self) -> None:
        engine = sa.create_engine("sqlite://")
        loop = asyncio.get_running_loop()
        for shared in (
            WebSocketConnectionPool(),
            RequestScopedSessionManager(),
            AgentInstanceFactory(),
            engine,
            loop,
        ):
            prove_isolated(Box(shared), Box(shared))
        engine.dispose()

    def test_a_dispatcher_is_nobody_elses(self, ada: UserExecutionContext, bob: UserExecutionContext) -> None:
        tools = ToolFactory()
        first: ToolDispatcher = ToolDispatcherFactory.create_for_user(ada, tools=tools)
        prove_isolated(first, ToolDispatcherFactory.create_for_user(bob, tools=tools))
        with pytest.raises(SharedStateError, match="ToolDispatcher"):
            prove_isolated(Box(first), Box(first))

    def test_what_the_caller_allows(self) -> None:
        class Settings:
            def __init__(self) -> None:
                self.values = {"colour": "red"}

        settings = Settings()
        with pytest.raises(SharedStateError):
            prove_isolated(Box(settings), Box(settings))
        prove_isolated(Box(settings), Box(settings), may_share=[Settings])


class TestHostileObjects:
    def test_none_of_their_methods_is_called(self) -> None:
        def never(*_: object, **__: object) -> Any:
            raise AssertionError("called")

        names = "__eq__ __hash__ __repr__ __str__ __getattr__ __getattribute__ __iter__ __len__ __bool__"
        namespace: dict[str, Any] = dict.fromkeys(names.split(), never)
        namespace["__class__"] = property(never)
        namespace["trap"] = property(never)
        hostile: Any = type("Hostile", (), namespace)
        prove_isolated([object.__new__(hostile)], [object.__new__(hostile)])

        def never_list(self: object) -> Any:
            raise AssertionError("called")

        lying: Any = type("Lying", (list,), {"__iter__": never_list, "__len__": never_list})
        masked: Any = type("Masked", (frozenset,), {"__class__": property(never), "__iter__": never_list})
        prove_isolated([masked({1})], [masked({1})])
        shared: list[str] = []
        first, second = lying(), lying()
        list.append(first, shared)
        list.append(second, shared)
        with pytest.raises(SharedStateError, match=r"\[0\] \(list\)"):
            prove_isolated(first, second)

    def test_circles_end(self) -> None:
        first: list[Any] = []
        first.append(first)
        second: list[Any] = []
        second.append({"again": second})
        prove_isolated(first, second)

    def test_depth_has_no_limit(self) -> None:
        prove_isolated(wrapped(["list"] * 5000, bytearray()), wrapped(["list"] * 5000, bytearray()))

    def test_too_many_objects_prove_nothing(self) -> None:
        with pytest.raises(SharedStateError, match="not proved: agent reaches over 100 objects"):
            prove_isolated([[] for _ in range(200)], [], name="agent", node_limit=100)
