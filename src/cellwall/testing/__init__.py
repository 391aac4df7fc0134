"""What tests may use, beside the pytest plugin: simulated users, assertions over layers, users of a service.

Each name is imported on first use, so that pytest's start costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cellwall.testing.concurrent_load import concurrent_isolation_test, run_concurrent_isolation_test
    from cellwall.testing.layers import (
        LayerError,
        SpelledProject,
        assert_agent_isolation,
        assert_database_isolation,
        assert_tool_isolation,
        assert_websocket_isolation,
        using_project,
    )
    from cellwall.testing.received_events import (
        assert_event_received_by_user,
        assert_no_event_received_by_user,
    )
    from cellwall.testing.service_users import (
        ServiceUser,
        authenticate,
        create_test_user,
        execute_agent_request,
        no_data_leakage,
    )
    from cellwall.testing.simulated_users import IsolatedUsers, SimulatedUser, isolated_users

__all__ = [
    "IsolatedUsers",
    "LayerError",
    "ServiceUser",
    "SimulatedUser",
    "SpelledProject",
    "assert_agent_isolation",
    "assert_database_isolation",
    "assert_event_received_by_user",
    "assert_no_event_received_by_user",
    "assert_tool_isolation",
    "assert_websocket_isolation",
    "authenticate",
    "concurrent_isolation_test",
    "create_test_user",
    "execute_agent_request",
    "isolated_users",
    "no_data_leakage",
    "run_concurrent_isolation_test",
    "using_project",
]

_HOMES = {
    "concurrent_load": "concurrent_isolation_test run_concurrent_isolation_test",
    "layers": (
        "LayerError SpelledProject assert_agent_isolation assert_database_isolation assert_tool_isolation "
        "assert_websocket_isolation using_project"
    ),
    "received_events": "assert_event_received_by_user assert_no_event_received_by_user",
    "service_users": "ServiceUser authenticate create_test_user execute_agent_request no_data_leakage",
    "simulated_users": "IsolatedUsers SimulatedUser isolated_users",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import a public name's home on first use (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"cellwall.testing.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
