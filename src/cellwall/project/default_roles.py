"""The roles where nothing is configured: the runtime's own names. Texts only: no import of the runtime."""

from types import MappingProxyType
from typing import Final

from cellwall.project.roles import Role, Roles

_FROM = "from cellwall import "

# What a synchronous Session has too, and what must be awaited here; the other members stay as they are.
_SESSION_COROUTINES: Final = (
    "commit",
    "rollback",
    "flush",
    "execute",
    "scalar",
    "scalars",
    "get",
    "get_one",
    "refresh",
    "delete",
    "delete_all",
    "merge",
    "merge_all",
    "connection",
    "invalidate",
    "reset",
    "close",
)

DEFAULT_ROLES: Final = Roles(
    MappingProxyType(
        {
            role.name: role
            for role in (
                Role(
                    "context",
                    (_FROM + "UserExecutionContext",),
                    "UserExecutionContext.create_for_user({user_id})",
                ),
                Role(
                    "agent_factory",
                    (_FROM + "agent_instance_factory",),
                    "agent_instance_factory.create_agent({name}, {context})",
                    replaces=("AgentRegistry.get_agent", "agent_registry.get_agent"),
                ),
                Role(
                    "tool_factory",
                    (_FROM + "tool_factory",),
                    "tool_factory.create_tool({name}, {context})",
                    replaces=("ToolRegistry.get_tool", "tool_registry.get_tool"),
                ),
                Role(
                    "dispatcher",
                    (_FROM + "ToolDispatcherFactory",),
                    "ToolDispatcherFactory.create_for_user({context})",
                    replaces=("ToolDispatcher",),
                    coroutines=("execute_tool",),
                ),
                Role(
                    "pool",
                    (_FROM + "WebSocketConnectionPool",),
                    "WebSocketConnectionPool()",
                    replaces=("WebSocketManager", "get_websocket_manager"),
                    members=("create_emitter", "connections_of", "connection_count", "position_of", "stats"),
                    coroutines=(
                        "register_connection",
                        "send_to_user",
                        "disconnect",
                        "disconnect_user",
                        "release",
                        "close",
                    ),
                ),
                Role(
                    "session",
                    (_FROM + "create_request_session",),
                    "create_request_session({context})",
                    replaces=("create_session",),
                    coroutines=_SESSION_COROUTINES,
                ),
            )
        }
    )
)


def with_defaults(configured: Roles) -> Roles:
    """Give the configured roles, and the default for every role that is not configured."""
    return Roles(MappingProxyType({**DEFAULT_ROLES.by_name, **configured.by_name}))
