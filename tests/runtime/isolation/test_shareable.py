"""What may be shared is listed by names that exist, each with a reason; it lets nothing else through."""

import asyncio
import json
from importlib import import_module

import pytest

from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.runtime.http_client import HttpClients
from cellwall.runtime.isolation import prove_isolated, shareable
from cellwall.runtime.isolation.shareable import (
    CLOSED,
    MADE_FOR_ALL,
    is_closed,
    is_library_code,
    may_be_shared,
)


@pytest.mark.parametrize("name", sorted(MADE_FOR_ALL))
def test_a_name_is_a_class_of_that_very_name(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    made_for_all = getattr(import_module(module), attribute)
    assert f"{made_for_all.__module__}.{made_for_all.__qualname__}" == name
    assert MADE_FOR_ALL[name]


def test_every_kind_has_a_reason() -> None:
    assert all(reason for reason in CLOSED.values())


@pytest.mark.parametrize("value", [[], {}, set(), bytearray(), asyncio.Queue(), json.JSONDecoder()])
def test_what_can_change_is_on_no_list(value: object) -> None:
    assert not is_closed(value) and not may_be_shared(value)


def test_library_code_is_known_by_where_it_is() -> None:
    assert is_library_code("json.decoder") and is_library_code("builtins")
    assert is_library_code("pytest") and not is_library_code("pytest", "pytest")
    assert not is_library_code(__name__) and not is_library_code("cellwall.runtime.context", "cellwall")
    assert not is_library_code("no_such_module") and not is_library_code(None)


async def test_http_clients_of_two_requests(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    clients = HttpClients()
    prove_isolated([clients.create(ada)], [clients.create(bob)])
    for context in (ada, bob):
        await cleanup_user_context(context)
    await clients.close()


def test_only_classes_made_in_python_are_marks() -> None:
    class Empty:
        pass

    assert not shareable._is_mark_of_library(Empty, Empty())
