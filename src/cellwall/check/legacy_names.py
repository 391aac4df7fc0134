"""The names that rules look for where the target's roles do not say: those of the three anti-patterns."""

from types import MappingProxyType
from typing import Final

from cellwall.check.settings import CheckSettings

LEGACY_NAMES: Final = MappingProxyType(
    {
        "agent_factory": ("AgentRegistry.get_agent",),
        "tool_factory": ("ToolRegistry.get_tool",),
        "dispatcher": ("ToolDispatcher",),
        "pool": ("WebSocketManager", "get_websocket_manager"),
        "session": ("create_session",),
    }
)


def replaced_names(settings: CheckSettings, role: str) -> tuple[str, ...]:
    """Give the dotted names that a role stands instead of: the configured ones, else the usual ones."""
    configured = settings.roles.get(role)
    if configured is not None and configured.replaces:
        return configured.replaces
    return LEGACY_NAMES.get(role, ())
