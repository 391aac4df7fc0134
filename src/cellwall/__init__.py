"""Cellwall keeps one user's data out of another user's request, and proves that the wall holds.

The names of `__all__` are the building blocks of a running service. Each is imported on first use,
so `import cellwall` costs nothing and needs no third-party package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cellwall.runtime.agents import (
        AgentInstanceFactory,
        AgentRegistry,
        agent_factory,
        agent_instance_factory,
    )
    from cellwall.runtime.analytics import AnalyticsEvent, AnalyticsLog, query_events, track_event
    from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
    from cellwall.runtime.current import activate, current_context
    from cellwall.runtime.database import RequestScopedSessionManager, RequestSession, create_request_session
    from cellwall.runtime.dispatcher import ToolDispatcher, ToolDispatcherFactory, ToolExecution
    from cellwall.runtime.errors import IsolationError
    from cellwall.runtime.tokens import TokenIssuer, decode_token, generate_token
    from cellwall.runtime.tools import Tool, ToolFactory, ToolRegistry, tool_factory
    from cellwall.runtime.websocket import SlowReader, StarletteTransport, Transport, WebSocketConnectionPool

__version__ = "0.1.0"

__all__ = [
    "AgentInstanceFactory",
    "AgentRegistry",
    "AnalyticsEvent",
    "AnalyticsLog",
    "IsolationError",
    "RequestScopedSessionManager",
    "RequestSession",
    "SlowReader",
    "StarletteTransport",
    "TokenIssuer",
    "Tool",
    "ToolDispatcher",
    "ToolDispatcherFactory",
    "ToolExecution",
    "ToolFactory",
    "ToolRegistry",
    "Transport",
    "UserExecutionContext",
    "WebSocketConnectionPool",
    "activate",
    "agent_factory",
    "agent_instance_factory",
    "cleanup_user_context",
    "create_request_session",
    "current_context",
    "decode_token",
    "generate_token",
    "query_events",
    "tool_factory",
    "track_event",
]

_HOMES = {
    "agents": ("AgentInstanceFactory", "AgentRegistry", "agent_factory", "agent_instance_factory"),
    "analytics": ("AnalyticsEvent", "AnalyticsLog", "query_events", "track_event"),
    "context": ("UserExecutionContext", "cleanup_user_context"),
    "current": ("activate", "current_context"),
    "database": ("RequestScopedSessionManager", "RequestSession", "create_request_session"),
    "dispatcher": ("ToolDispatcher", "ToolDispatcherFactory", "ToolExecution"),
    "errors": ("IsolationError",),
    "tokens": ("TokenIssuer", "decode_token", "generate_token"),
    "tools": ("Tool", "ToolFactory", "ToolRegistry", "tool_factory"),
    "websocket": ("SlowReader", "StarletteTransport", "Transport", "WebSocketConnectionPool"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name's home on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"cellwall.runtime.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
