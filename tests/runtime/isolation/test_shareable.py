"""What may be shared is listed by names that exist, each with a reason; it lets nothing else through."""

import asyncio
import enum
import json
from importlib import import_module

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

import cellwall
from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import SharedStateError
from cellwall.runtime.http_client import HttpClients
from cellwall.runtime.isolation import prove_isolated, shareable
from cellwall.runtime.isolation.shareable import (
    CLOSED,
    MADE_FOR_ALL,
    is_closed,
    is_library_code,
    may_be_shared,
)
from cellwall.runtime.tokens import MemoryReplayGuard

# What one request, one connection or one answer has: two users never have the same.
FOR_ONE = {
    "AsgiTransport",
    "Decision",
    "RequestSession",
    "StarletteTransport",
    "SystemContext",
    "ToolDispatcher",
    "UserExecutionContext",
    "WebSocketsTransport",
    "activate",
}
# What stands around the application; no agent holds it.
AT_THE_EDGE = {"CellwallMiddleware", "ContextLogFilter"}


@pytest.mark.parametrize("name", sorted(MADE_FOR_ALL))
def test_a_name_is_a_class_of_that_very_name(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    made_for_all = getattr(import_module(module), attribute)
    assert f"{made_for_all.__module__}.{made_for_all.__qualname__}" == name
    assert MADE_FOR_ALL[name]


def test_no_subclass_of_what_is_listed_brings_attributes_of_its_own() -> None:
    listed = [name for name in MADE_FOR_ALL if name.startswith("cellwall.")]
    kinds = [getattr(import_module(module), kind) for module, _, kind in (n.rpartition(".") for n in listed)]
    assert [kind.__name__ for kind in kinds if not getattr(kind, "__final__", False)] == []


def test_every_public_class_is_for_all_or_for_one() -> None:
    classes = [getattr(cellwall, name) for name in cellwall.__all__]
    classes = [
        kind for kind in classes if isinstance(kind, type) and not getattr(kind, "_is_protocol", False)
    ]
    for_one = {
        kind.__name__
        for kind in classes
        if not issubclass(kind, (enum.Enum, Exception))
        and f"{kind.__module__}.{kind.__qualname__}" not in MADE_FOR_ALL
        and not shareable._is_frozen(kind)
    }
    assert for_one == FOR_ONE | AT_THE_EDGE


def shared_by_services() -> dict[str, object]:
    """Give what a service makes once, at start-up, and hands to each request's agents and tools."""
    engine = create_async_engine("sqlite+aiosqlite://")
    return {
        "broker": cellwall.MemoryBroker(),
        "guarded engine": cellwall.GuardedEngine(engine, cellwall.Ownership(MetaData())),
        "manager": cellwall.RequestScopedSessionManager(),
        "signer": cellwall.OwnerSigner(key_id="1", key=b"k" * 32),
        "revocations": cellwall.MemoryRevocationList(),
        "replay guard": MemoryReplayGuard(),
        "limiter": cellwall.MemoryRateLimiter(cellwall.Rate(1, seconds=60)),
        "cache store": cellwall.MemoryCacheStore(),
        "analytics store": cellwall.MemoryAnalyticsStore(),
        "keys": cellwall.KeyRing([cellwall.SigningKey(b"k" * 32)]),
        "service's issuer": cellwall.ServiceTokenIssuer("billing", cellwall.ServiceKey.generate()),
        "service's verifier": cellwall.ServiceTokenVerifier(
            "notes", [cellwall.ServiceKey.generate().trusted_as("billing")]
        ),
    }


@pytest.mark.parametrize("what", sorted(shared_by_services()))
def test_what_is_made_for_all_is_no_finding_and_hides_none(what: str) -> None:
    given = shared_by_services()[what]
    prove_isolated({"given": given}, {"given": given})
    memory: list[str] = []
    with pytest.raises(SharedStateError, match=r"agent\['memory'\]"):
        prove_isolated({"given": given, "memory": memory}, {"given": given, "memory": memory}, name="agent")


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
