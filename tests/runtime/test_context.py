"""A context: frozen, one request of one user, of no use after its end."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import packages_distributions
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime import context as context_module
from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import ContextClosedError, InvalidIdError
from cellwall.runtime.identity import fresh_id


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


def test_repr_names_request_and_user(ada: UserExecutionContext) -> None:
    assert repr(ada) == f"UserExecutionContext(user_id='ada', request_id='{ada.request_id}')"


def test_needs_the_standard_library_alone() -> None:
    code = "import sys, cellwall; cellwall.UserExecutionContext.create_for_user('ada'); print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in printed.stdout.split()}
    installed = {name for name in packages_distributions() if not name.startswith("_")}
    assert loaded & installed <= {"cellwall"}
