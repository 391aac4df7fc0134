"""Assertions over one layer of a request each, through the project's roles, with a second user."""

from cellwall.testing.layers.agents import assert_agent_isolation
from cellwall.testing.layers.database import assert_database_isolation
from cellwall.testing.layers.spelled_project import LayerError, SpelledProject, using_project
from cellwall.testing.layers.tools import assert_tool_isolation
from cellwall.testing.layers.websocket import assert_websocket_isolation

__all__ = [
    "LayerError",
    "SpelledProject",
    "assert_agent_isolation",
    "assert_database_isolation",
    "assert_tool_isolation",
    "assert_websocket_isolation",
    "using_project",
]
