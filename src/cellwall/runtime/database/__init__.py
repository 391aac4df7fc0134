"""Database sessions, each with an owner that is fixed for life."""

from cellwall.runtime.database.embedded import EmbeddedStores
from cellwall.runtime.database.manager import RequestScopedSessionManager, create_request_session
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.query import RequestQuery
from cellwall.runtime.database.session import RequestSession

__all__ = [
    "EmbeddedStores",
    "Owner",
    "RequestQuery",
    "RequestScopedSessionManager",
    "RequestSession",
    "create_request_session",
]
