"""What an exploration found."""

from dataclasses import dataclass
from typing import Any, final

from cellwall.explore.certificate import Certificate
from cellwall.explore.outcome import Outcome
from cellwall.explore.schedule import Schedule
from cellwall.explore.steps import Step


@final
@dataclass(frozen=True, slots=True)
class Failure:
    """One failing schedule, shrunk, and replayed before it is told.

    `found_by` is the strategy, `found_at` the number of the run (from 1). `steps` are those of the shrunk
    run, for the diagram. `repeats` is false when the same choices did not fail alike again; `uncontrolled`
    then says what the explorer does not control.
    """

    message: str
    kind: str
    error: BaseException | None
    schedule: Schedule
    found_by: str
    found_at: int
    outcome: Outcome
    steps: tuple[Step, ...]
    repeats: bool
    uncontrolled: tuple[str, ...]
    shrinking_runs: int = 0

    def as_data(self) -> dict[str, Any]:
        """Give it as what JSON can hold."""
        return {
            "message": self.message,
            "kind": self.kind,
            "schedule": str(self.schedule),
            "found_by": self.found_by,
            "found_at": self.found_at,
            "trace_hash": self.outcome.trace_hash,
            "repeats": self.repeats,
            "uncontrolled": list(self.uncontrolled),
        }


@final
@dataclass(frozen=True, slots=True)
class Exploration:
    """The failures that repeat, those that do not, and what was covered.

    `conditional` are failures that only amplified runs have: they need an await to suspend that does not
    suspend as the code is written, because it is a mock's or a fake's. They fail nothing by themselves.
    """

    failures: tuple[Failure, ...]
    unrepeatable: tuple[Failure, ...]
    certificate: Certificate
    conditional: tuple[Failure, ...] = ()

    @property
    def clean(self) -> bool:
        """Tell whether nothing failed."""
        return not self.failures and not self.unrepeatable
