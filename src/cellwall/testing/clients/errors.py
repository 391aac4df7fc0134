"""What can go wrong between a client and the application that it calls.

ClientError
├── WebSocketRefusedError    the application did not accept the connection
├── WebSocketClosedError     nothing more comes: the application closed, or returned
└── NoAnswerError            the application returned without a response
"""

from __future__ import annotations

from typing import final


class ClientError(Exception):
    """The root of these errors; the fault is the application's."""


@final
class WebSocketRefusedError(ClientError):
    """It closed before it accepted: `code` of the close, or `status` and `body` of a response."""

    code: int
    status: int
    body: bytes

    def __init__(self, path: str, *, code: int = 0, status: int = 0, body: bytes = b"") -> None:
        super().__init__(
            f"{path} did not accept: " + (f"status {status}" if status else f"close code {code}")
        )
        self.code, self.status, self.body = code, status, body


@final
class WebSocketClosedError(ClientError):
    """Nothing more comes on this connection."""

    code: int
    reason: str

    def __init__(self, path: str, code: int, reason: str = "") -> None:
        super().__init__(f"{path} closed with {code}" + (f": {reason}" if reason else ""))
        self.code, self.reason = code, reason


@final
class NoAnswerError(ClientError, AssertionError):
    """The application returned, or began to answer, without a whole response.

    An AssertionError as well: a client asserts that its request is answered, and an answer that does not come
    beside other users, and comes without them, went to one of them.
    """
