"""The session of a request: its owner is fixed for life, and it sees that owner's rows."""

from cellwall import RequestScopedSessionManager, RequestSession, create_request_session

__all__ = ["RequestScopedSessionManager", "RequestSession", "create_request_session"]
