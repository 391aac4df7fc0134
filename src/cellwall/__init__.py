"""Cellwall keeps one user's data out of another user's request, and proves that the wall holds.

The names of `__all__` are the building blocks of a running service. Each is imported on first use,
so `import cellwall` costs nothing and needs no third-party package.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # type checkers know the name; importing it would take longer than all the rest
if TYPE_CHECKING:
    from typing import Any

    from cellwall.runtime.agents import (
        AgentInstanceFactory,
        AgentRegistry,
        agent_factory,
        agent_instance_factory,
    )
    from cellwall.runtime.analytics import (
        AnalyticsEvent,
        AnalyticsLog,
        AnalyticsStats,
        Buffering,
        MemoryAnalyticsStore,
        SQLiteAnalyticsStore,
        WhenFull,
        query_events,
        track_event,
        use_analytics,
    )
    from cellwall.runtime.analytics.postgres import PostgresAnalyticsStore
    from cellwall.runtime.cache import MemoryCacheStore, UserCache
    from cellwall.runtime.carry import carry
    from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
    from cellwall.runtime.current import activate, current_context
    from cellwall.runtime.database import (
        EmbeddedStorage,
        Owner,
        Ownership,
        RequestScopedSessionManager,
        RequestSession,
        create_request_session,
        use_database,
    )
    from cellwall.runtime.database.guard import GuardedEngine, shared_text
    from cellwall.runtime.database.rls import OwnerSigner, RowLevelSecurity, apply_policies
    from cellwall.runtime.dispatcher import ToolDispatcher, ToolDispatcherFactory, ToolExecution
    from cellwall.runtime.errors import InvalidEventError, IsolationError
    from cellwall.runtime.http_client import HttpClients, close_http_clients, create_http_client
    from cellwall.runtime.isolation import prove_isolated
    from cellwall.runtime.limits import (
        Decision,
        MemoryRateLimiter,
        Rate,
        RateLimiter,
        limit_headers,
        require_allowed,
    )
    from cellwall.runtime.limits.redis import RedisRateLimiter
    from cellwall.runtime.outage import Outage
    from cellwall.runtime.redis_cache import RedisCacheStore
    from cellwall.runtime.system import SystemContext, system_context
    from cellwall.runtime.tokens import (
        KeyRing,
        MemoryRevocationList,
        ServiceIdentity,
        ServiceKey,
        ServiceTokenIssuer,
        ServiceTokenVerifier,
        SigningKey,
        TokenIssuer,
        TrustedKey,
        VerifiedToken,
        decode_token,
        generate_token,
    )
    from cellwall.runtime.tokens.redis_revocation import RedisRevocationList
    from cellwall.runtime.tools import Tool, ToolFactory, ToolRegistry, tool_factory
    from cellwall.runtime.web import (
        CellwallMiddleware,
        ContextLogFilter,
        Credentials,
        add_context_fields,
        request_context,
    )
    from cellwall.runtime.websocket import (
        AsgiTransport,
        MemoryBroker,
        PoolStats,
        Position,
        SlowReader,
        StarletteTransport,
        Transport,
        WebSocketConnectionPool,
        WebSocketsTransport,
    )
    from cellwall.runtime.websocket.redis_broker import RedisBroker

__version__ = "0.1.0"

__all__ = [
    "AgentInstanceFactory",
    "AgentRegistry",
    "AnalyticsEvent",
    "AnalyticsLog",
    "AnalyticsStats",
    "AsgiTransport",
    "Buffering",
    "CellwallMiddleware",
    "ContextLogFilter",
    "Credentials",
    "Decision",
    "EmbeddedStorage",
    "GuardedEngine",
    "HttpClients",
    "InvalidEventError",
    "IsolationError",
    "KeyRing",
    "MemoryAnalyticsStore",
    "MemoryBroker",
    "MemoryCacheStore",
    "MemoryRateLimiter",
    "MemoryRevocationList",
    "Outage",
    "Owner",
    "OwnerSigner",
    "Ownership",
    "PoolStats",
    "Position",
    "PostgresAnalyticsStore",
    "Rate",
    "RateLimiter",
    "RedisBroker",
    "RedisCacheStore",
    "RedisRateLimiter",
    "RedisRevocationList",
    "RequestScopedSessionManager",
    "RequestSession",
    "RowLevelSecurity",
    "SQLiteAnalyticsStore",
    "ServiceIdentity",
    "ServiceKey",
    "ServiceTokenIssuer",
    "ServiceTokenVerifier",
    "SigningKey",
    "SlowReader",
    "StarletteTransport",
    "SystemContext",
    "TokenIssuer",
    "Tool",
    "ToolDispatcher",
    "ToolDispatcherFactory",
    "ToolExecution",
    "ToolFactory",
    "ToolRegistry",
    "Transport",
    "TrustedKey",
    "UserCache",
    "UserExecutionContext",
    "VerifiedToken",
    "WebSocketConnectionPool",
    "WebSocketsTransport",
    "WhenFull",
    "activate",
    "add_context_fields",
    "agent_factory",
    "agent_instance_factory",
    "apply_policies",
    "carry",
    "cleanup_user_context",
    "close_http_clients",
    "create_http_client",
    "create_request_session",
    "current_context",
    "decode_token",
    "generate_token",
    "limit_headers",
    "prove_isolated",
    "query_events",
    "request_context",
    "require_allowed",
    "shared_text",
    "system_context",
    "tool_factory",
    "track_event",
    "use_analytics",
    "use_database",
]

_HOMES = {
    "agents": "AgentInstanceFactory AgentRegistry agent_factory agent_instance_factory",
    "analytics": (
        "AnalyticsEvent AnalyticsLog AnalyticsStats Buffering MemoryAnalyticsStore SQLiteAnalyticsStore "
        "WhenFull query_events track_event use_analytics"
    ),
    "analytics.postgres": "PostgresAnalyticsStore",
    "cache": "MemoryCacheStore UserCache",
    "carry": "carry",
    "context": "UserExecutionContext cleanup_user_context",
    "current": "activate current_context",
    "database": (
        "EmbeddedStorage Owner Ownership RequestScopedSessionManager RequestSession "
        "create_request_session use_database"
    ),
    "database.guard": "GuardedEngine shared_text",
    "database.rls": "OwnerSigner RowLevelSecurity apply_policies",
    "dispatcher": "ToolDispatcher ToolDispatcherFactory ToolExecution",
    "errors": "InvalidEventError IsolationError",
    "http_client": "HttpClients close_http_clients create_http_client",
    "isolation": "prove_isolated",
    "limits": "Decision MemoryRateLimiter Rate RateLimiter limit_headers require_allowed",
    "limits.redis": "RedisRateLimiter",
    "outage": "Outage",
    "redis_cache": "RedisCacheStore",
    "system": "SystemContext system_context",
    "tokens": (
        "KeyRing MemoryRevocationList ServiceIdentity ServiceKey ServiceTokenIssuer ServiceTokenVerifier "
        "SigningKey TokenIssuer TrustedKey VerifiedToken decode_token generate_token"
    ),
    "tokens.redis_revocation": "RedisRevocationList",
    "tools": "Tool ToolFactory ToolRegistry tool_factory",
    "web": "CellwallMiddleware ContextLogFilter Credentials add_context_fields request_context",
    "websocket": (
        "AsgiTransport MemoryBroker PoolStats Position SlowReader StarletteTransport Transport "
        "WebSocketConnectionPool WebSocketsTransport"
    ),
    "websocket.redis_broker": "RedisBroker",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import a public name's home on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        home = import_module(f"cellwall.runtime.{_HOME_OF[name]}")
    except ModuleNotFoundError as error:
        import_module("cellwall.runtime.extras").explain(error, name)
        raise
    value = getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
