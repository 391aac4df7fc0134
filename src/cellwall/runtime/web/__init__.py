"""The wall around a web service: who asks, how often, and the end of each request."""

from cellwall.runtime.web.connection_context import request_context
from cellwall.runtime.web.credentials import Credentials
from cellwall.runtime.web.log_fields import ContextLogFilter, add_context_fields
from cellwall.runtime.web.middleware import CellwallMiddleware
from cellwall.runtime.web.verifier import TokenVerifier, Verified

__all__ = [
    "CellwallMiddleware",
    "ContextLogFilter",
    "Credentials",
    "TokenVerifier",
    "Verified",
    "add_context_fields",
    "request_context",
]
