"""The owner of rows: a user, one anonymous request, or the system at work for nobody in particular."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.identity import fresh_id
from cellwall.runtime.system import SystemContext


@final
@dataclass(frozen=True, slots=True)
class Owner:
    """Whom rows belong to. A user and a request never have the same owner, whatever their ids.

    The system owns nothing and sees every row; `id` is then the reason of its `system_context`.
    """

    kind: Literal["user", "request", "system"]
    id: str

    @classmethod
    def of(cls, context: UserExecutionContext | SystemContext | None) -> "Owner":
        """Give the owner of a context; without one, a new owner that only this request is.

        An anonymous owner is never made from the request id, which a client may choose.

        Raises:
            ContextClosedError: the request, or the work without a user, has ended.
            SystemContextError: work without a user, inside a user's request.
            TypeError: `context` is something else.
        """
        if context is None:
            return cls("request", fresh_id())
        if type(context) is UserExecutionContext:
            context.require_open()
            return cls("user", context.user_id)
        if type(context) is SystemContext:
            context.require_open()
            return cls("system", context.reason)
        raise TypeError(f"rows belong to a user or to the system, not to {type(context).__name__}")

    @property
    def anonymous(self) -> bool:
        """Whether this is a request without a user, whose rows die with it."""
        return self.kind == "request"

    @property
    def system(self) -> bool:
        """Whether this is work without a user: migrations, admin, jobs."""
        return self.kind == "system"

    @property
    def digest(self) -> str:
        """A name for files: the same for the same owner, with nothing of the user's id in it."""
        return sha256(f"{self.kind}:{self.id}".encode()).hexdigest()
