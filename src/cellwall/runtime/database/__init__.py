"""Database sessions, each bound to one owner."""

from cellwall.runtime.database.embedded import EmbeddedStorage
from cellwall.runtime.database.manager import (
    RequestScopedSessionManager,
    create_request_session,
    use_database,
)
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.query import RequestQuery
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.database.storage import Storage

__all__ = [
    "EmbeddedStorage",
    "Owner",
    "Ownership",
    "RequestQuery",
    "RequestScopedSessionManager",
    "RequestSession",
    "Storage",
    "create_request_session",
    "use_database",
]
