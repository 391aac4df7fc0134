"""What one run came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import final

from cellwall.explore.schedule import Cancellation, Schedule


@final
@dataclass(frozen=True, slots=True)
class Handler:
    """What became of a handler task: its result or exception, and the steps that it made.

    `first` is the number of steps it had made when the strategy began to choose, `steps` those it made in
    all.
    """

    result: object
    error: BaseException | None
    first: int
    steps: int
    cancelled: bool


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to.

    `result` and `error` are the scenario's; `failure` says in one line why the run failed, None if it did
    not, and `kind` is what has to stay the same when the schedule is shrunk. `schedule` holds the choices
    that were made, where they were recorded. `struck` are the cancellations that were carried out, each with
    whether the handler's next step was due at once. `choices` counts the steps at which something else could
    have gone first. `inlined` names whose worker threads' jobs were run as steps.
    """

    result: object
    error: BaseException | None
    failure: str | None
    kind: str
    schedule: Schedule
    trace: tuple[str, ...]
    handlers: Mapping[str, Handler]
    struck: tuple[tuple[Cancellation, bool], ...]
    choices: int
    uncontrolled: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
    inlined: tuple[str, ...] = field(default=())

    @property
    def failed(self) -> bool:
        """Tell whether the run failed."""
        return self.failure is not None

    @property
    def steps(self) -> int:
        """The number of steps that were run."""
        return len(self.trace)

    @property
    def trace_hash(self) -> str:
        """Give what is equal for two runs when the same lanes ran in the same order (64 bits, hex)."""
        return blake2b("\n".join(self.trace).encode(errors="surrogatepass"), digest_size=8).hexdigest()
