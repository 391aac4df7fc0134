"""The session of a request: its owner is fixed for life, and it sees that owner's rows."""

from contextlib import AbstractAsyncContextManager

from cellwall import RequestScopedSessionManager, RequestSession, UserExecutionContext
from cellwall import create_request_session as request_session

__all__ = ["RequestScopedSessionManager", "RequestSession", "create_request_session"]


def create_request_session(context: UserExecutionContext) -> AbstractAsyncContextManager[RequestSession]:
    """Open the session of one request; it is closed with the block, or with the request."""
    return request_session(context)
