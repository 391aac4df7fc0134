"""What the user asked of a run. Data only; the command line and the plan's launch commands fill it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of one run.

    Attributes:
        agents: how many agents work at once; all the plan's agents are executed for any number.
        pattern: the named set of rules and capabilities.
        timeout: seconds after which the run stops in order; None for never.
        validate_continuously: run the tests of every batch.
        validate_after_update: run the whole suite, before and after, and the plan's validation commands.
        fail_fast: stop at the first refused batch.
        include_app: also edit application files that the scopes reach.
        allow_commands: validation commands of the plan that may run though they are not Cellwall's own.
        batch_size: files in one batch at most.
        lease_seconds: how long an agent may hold its paths before it is replaced.
    """

    agents: int = 8
    pattern: str = "request_isolation"
    timeout: float | None = None
    validate_continuously: bool = True
    validate_after_update: bool = True
    fail_fast: bool = False
    include_app: bool = False
    allow_dirty: bool = False
    allow_commands: tuple[str, ...] = ()
    dry_run: bool = False
    batch_size: int = 8
    lease_seconds: float = 300.0

    def body(self) -> dict[str, Any]:
        """Give the options as JSON values, for the journal."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> "RunOptions":
        """Make the options that were recorded; unknown keys are dropped."""
        known = {name: body[name] for name in cls.__slots__ if name in body}
        known["allow_commands"] = tuple(known.get("allow_commands", ()))
        return cls(**known)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
