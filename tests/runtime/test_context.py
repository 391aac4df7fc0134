"""A context: frozen, one request of one user, of no use after its end."""

import asyncio
import copy
import json
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import packages_distributions
from threading import Barrier, BrokenBarrierError, Lock
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime import context as context_module
from cellwall.runtime.context import MAX_DEPTH, UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import CleanupError, ContextClosedError, InvalidIdError, ResourceExhaustedError
from cellwall.runtime.identity import fresh_id
from cellwall.runtime.lifetime import Lifetime
from tests.full_collection import collect


def test_given_ids_are_kept() -> None:
    context = UserExecutionContext.create_for_user("ada", "session-1", "request-1", "ws-1")
    assert (context.user_id, context.session_id) == ("ada", "session-1")
    assert (context.request_id, context.websocket_connection_id) == ("request-1", "ws-1")


def test_missing_ids_are_made_once() -> None:
    context = UserExecutionContext.create_for_user("ada")
    assert context.session_id == context.session_id
    assert context.request_id == context.request_id
    assert context.session_id != context.request_id
    assert context.websocket_connection_id is None


def test_two_requests_of_one_user_have_ids_of_their_own() -> None:
    first, second = (UserExecutionContext.create_for_user("ada") for _ in range(2))
    assert first.request_id != second.request_id
    assert first.session_id != second.session_id
    assert first != second


def test_threads_see_the_same_ids(monkeypatch: pytest.MonkeyPatch, ada: UserExecutionContext) -> None:
    all_here = Barrier(4)

    def slowly() -> str:
        with suppress(BrokenBarrierError):  # who is alone in here gives up soon
            all_here.wait(0.2)
        return fresh_id()

    monkeypatch.setattr(context_module, "fresh_id", slowly)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: ada.request_id, range(4)))) == 1


@pytest.mark.parametrize("field", ["user_id", "session_id", "request_id", "websocket_connection_id"])
@pytest.mark.parametrize("value", ["", "default", " x"])
def test_every_id_is_checked(field: str, value: str) -> None:
    ids: dict[str, Any] = {"user_id": "ada", field: value}
    with pytest.raises(InvalidIdError, match=field):
        UserExecutionContext.create_for_user(**ids)


def test_a_user_is_needed() -> None:
    none: Any = None
    with pytest.raises(InvalidIdError):
        UserExecutionContext.create_for_user(none)
    with pytest.raises(TypeError, match="create_for_user"):
        UserExecutionContext()


@pytest.mark.parametrize("name", ["user_id", "_session_id", "_lifetime", "role"])
def test_frozen(name: str, ada: UserExecutionContext) -> None:
    with pytest.raises(AttributeError):
        setattr(ada, name, "mallory")
    with pytest.raises(AttributeError):
        delattr(ada, name)
    assert ada.user_id == "ada"
    assert not hasattr(ada, "__dict__")


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])
async def test_a_copy_carries_ids_and_nothing_open(
    duplicate: Callable[[UserExecutionContext], UserExecutionContext], ada: UserExecutionContext
) -> None:
    closed: list[str] = []
    ada.on_cleanup(lambda: closed.append("ada's"))
    other = duplicate(ada)
    assert (other.user_id, other.session_id, other.request_id) == ("ada", ada.session_id, ada.request_id)
    await cleanup_user_context(other)
    assert closed == []
    assert not ada.closed


async def test_no_use_after_the_end(ada: UserExecutionContext) -> None:
    ada.require_open()
    await cleanup_user_context(ada)
    assert ada.closed
    with pytest.raises(ContextClosedError, match=ada.request_id):
        ada.require_open()
    with pytest.raises(ContextClosedError):
        ada.on_cleanup(print)


async def test_what_is_opened_in_the_moment_of_the_end_is_refused(
    ada: UserExecutionContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def made_too_late() -> Lifetime:  # another thread ends the request before this one is in its place
        assert ada._end_unopened()
        return Lifetime()

    monkeypatch.setattr(context_module, "Lifetime", made_too_late)
    with pytest.raises(ContextClosedError):
        ada.on_cleanup(lambda: ran.append("refused"))
    await cleanup_user_context(ada)
    assert ada.closed and ran == []


async def test_what_was_opened_just_before_the_end_is_closed(ada: UserExecutionContext) -> None:
    ran: list[str] = []
    assert ada._lifetime is None  # what the one who ends saw, before another thread opened
    ada.on_cleanup(lambda: ran.append("closed"))
    assert not ada._end_unopened()
    await cleanup_user_context(ada)
    assert ada.closed and ran == ["closed"]


async def test_last_in_first_out(ada: UserExecutionContext) -> None:
    order: list[int] = []
    for number in range(3):
        ada.on_cleanup(lambda number=number: order.append(number))
    await cleanup_user_context(ada)
    assert order == [2, 1, 0]


@given(st.text(min_size=1), st.text(min_size=1))
def test_contexts_keep_apart(first: str, second: str) -> None:
    try:
        one, other = map(UserExecutionContext.create_for_user, (first, second))
    except InvalidIdError:
        return
    assert (one.user_id, other.user_id) == (first, second)
    assert one is not other and one.request_id != other.request_id


@given(*[st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1)] * 4)
def test_a_dict_carries_the_ids_and_nothing_else(user: str, session: str, request: str, socket: str) -> None:
    ids = (user, session, request, socket)
    try:
        context = UserExecutionContext.create_for_user(*ids)
    except InvalidIdError:
        return
    again = UserExecutionContext.from_dict(json.loads(json.dumps(context.to_dict())))
    assert again.to_dict() == context.to_dict()
    assert tuple(context.to_dict().values()) == ids


async def test_a_dict_of_an_ended_request_makes_a_new_one(ada: UserExecutionContext) -> None:
    ada.on_cleanup(lambda: None)
    await cleanup_user_context(ada)
    again = UserExecutionContext.from_dict(ada.to_dict())
    assert not again.closed and again.request_id == ada.request_id


@pytest.mark.parametrize(
    "ids",
    [
        None,
        "ada",
        [("user_id", "ada")],
        {},
        {"session_id": "s"},
        {"user_id": None},
        {"user_id": "default"},
        {"user_id": ["ada"]},
        {"user_id": "ada", "session_id": 7},
        {"user_id": "ada", "_lifetime": None},
        {"user_id": "ada", "__class__": "object"},
        {"user_id": "ada", 7: "x"},
    ],
)
def test_no_context_of_anything_else(ids: Any) -> None:
    with pytest.raises(InvalidIdError):
        UserExecutionContext.from_dict(ids)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_pickle_carries_the_ids_alone(protocol: int, ada: UserExecutionContext) -> None:
    ada.on_cleanup(Lock().acquire)  # nothing that a pickle could hold
    other = pickle.loads(pickle.dumps({"of": [ada]}, protocol))["of"][0]
    assert other.to_dict() == ada.to_dict() and other._lifetime is None


def test_a_deep_copy_of_what_holds_a_context_shares_no_resources(ada: UserExecutionContext) -> None:
    ada.on_cleanup(print)
    holder = copy.deepcopy({"agent": {"context": ada}})
    assert holder["agent"]["context"] is not ada
    assert holder["agent"]["context"]._lifetime is None


def test_no_subclass_and_no_other_class() -> None:
    base: Any = UserExecutionContext
    with pytest.raises(TypeError, match="no subclasses"):
        type("Wider", (base,), {})
    context: Any = UserExecutionContext.create_for_user("ada")
    with pytest.raises(AttributeError, match="frozen"):
        context.__class__ = type("Other", (), {"__slots__": ()})


def test_nothing_keeps_a_context_that_nobody_needs() -> None:
    context = UserExecutionContext.create_for_user("ada")
    context.child()
    context.on_cleanup(print)
    gone = weakref.ref(context)
    del context
    collect()
    assert gone() is None


class TestChild:
    def test_same_owner_and_session_and_its_own_request(self, ada: UserExecutionContext) -> None:
        whole = UserExecutionContext.create_for_user("ada", websocket_connection_id="ws-1")
        part = whole.child()
        assert (part.user_id, part.session_id) == ("ada", whole.session_id)
        assert part.websocket_connection_id == "ws-1"
        assert part.request_id != whole.request_id
        assert part.parent is whole and whole.parent is None
        assert whole.child("part-2").request_id == "part-2"
        with pytest.raises(InvalidIdError):
            whole.child("default")

    async def test_ends_alone(self, ada: UserExecutionContext) -> None:
        ended: list[str] = []
        part = ada.child()
        part.on_cleanup(lambda: ended.append("part"))
        await cleanup_user_context(part)
        assert part.closed and not ada.closed and ended == ["part"]
        with pytest.raises(ContextClosedError):
            part.on_cleanup(print)
        await cleanup_user_context(ada)
        assert ended == ["part"]

    async def test_a_thousand_that_end_leave_nothing_behind(self, ada: UserExecutionContext) -> None:
        for _ in range(1000):
            await cleanup_user_context(ada.child())
        assert ada._own_lifetime()._callbacks == {}

    async def test_ends_with_its_parent_in_order(self, ada: UserExecutionContext) -> None:
        ended: list[str] = []

        async def later(name: str) -> None:
            await asyncio.sleep(0)
            ended.append(name)

        ada.on_cleanup(lambda: ended.append("opened first"))
        part = ada.child()
        part.on_cleanup(lambda: later("part, first"))
        deeper = part.child()
        deeper.on_cleanup(lambda: ended.append("deeper"))
        part.on_cleanup(lambda: ended.append("part, last"))
        ada.on_cleanup(lambda: later("opened last"))
        await cleanup_user_context(ada)
        assert ended == ["opened last", "part, last", "deeper", "part, first", "opened first"]
        assert part.closed and deeper.closed

    async def test_none_can_be_used_once_the_parent_ends(self, ada: UserExecutionContext) -> None:
        part = ada.child()
        refused: list[bool] = []

        def look() -> None:
            refused.append(part.closed)
            with pytest.raises(ContextClosedError):
                part.on_cleanup(print)
            with pytest.raises(ContextClosedError):
                part.child()

        ada.on_cleanup(look)
        await cleanup_user_context(ada)
        assert refused == [True]
        with pytest.raises(ContextClosedError):
            ada.child()

    async def test_a_failure_is_told_by_the_parent(self, ada: UserExecutionContext) -> None:
        def fail() -> None:
            raise ValueError("of the part")

        ada.child().on_cleanup(fail)
        with pytest.raises(CleanupError, match="of the part"):
            await cleanup_user_context(ada)

    async def test_a_part_may_ask_for_the_end_of_all(self, ada: UserExecutionContext) -> None:
        ada.child().on_cleanup(lambda: cleanup_user_context(ada))
        await asyncio.wait_for(cleanup_user_context(ada), 5)
        assert ada.closed

    def test_generations_are_counted(self, ada: UserExecutionContext) -> None:
        context = ada
        for _ in range(MAX_DEPTH - 1):
            context = context.child()
        with pytest.raises(ResourceExhaustedError, match="15 generations"):
            context.child()

    def test_a_copy_is_no_child(self, ada: UserExecutionContext) -> None:
        assert copy.copy(ada.child()).parent is None


class TestCleanup:
    async def test_of_what_opened_nothing(self, ada: UserExecutionContext) -> None:
        before = asyncio.all_tasks()
        await cleanup_user_context(ada)
        await cleanup_user_context(ada)
        assert ada.closed and asyncio.all_tasks() == before
        with pytest.raises(ContextClosedError):
            ada.on_cleanup(print)

    async def test_ends_nobody_elses(self, ada: UserExecutionContext, bob: UserExecutionContext) -> None:
        await cleanup_user_context(ada)
        bob.require_open()
        bob.on_cleanup(print)
        assert not bob.closed

    async def test_of_a_hanging_callback(self, ada: UserExecutionContext) -> None:
        ended: list[str] = []
        ada.on_cleanup(lambda: ended.append("first"))
        ada.on_cleanup(asyncio.Event().wait)
        with pytest.raises(CleanupError) as caught:
            await cleanup_user_context(ada, time_limit=0)
        assert isinstance(caught.value.errors[0], TimeoutError) and ended == ["first"]

    def test_after_the_loop_of_the_request_has_ended(self, ada: UserExecutionContext) -> None:
        ended: list[str] = []

        async def request() -> None:
            ada.on_cleanup(lambda: ended.append("sync"))
            ada.on_cleanup(lambda: asyncio.sleep(0, ended.append("async")))

        asyncio.run(request())
        asyncio.run(cleanup_user_context(ada))
        assert ended == ["async", "sync"]


def test_repr_names_request_and_user(ada: UserExecutionContext) -> None:
    assert repr(ada) == f"UserExecutionContext(user_id='ada', request_id='{ada.request_id}')"


def test_needs_the_standard_library_alone() -> None:
    code = "import sys, cellwall; cellwall.UserExecutionContext.create_for_user('ada'); print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in printed.stdout.split()}
    installed = {name for name in packages_distributions() if not name.startswith("_")}
    assert loaded & installed <= {"cellwall"}
