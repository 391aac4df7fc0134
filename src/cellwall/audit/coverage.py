"""What was tested and what was not: operations by probes, and how many that take an id got a foreign one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from cellwall.audit.outcome import Outcome, Status


@final
@dataclass(frozen=True)
class Row:
    """One operation: what each probe said, whether it takes an id, and why it is left out, "" for not."""

    key: str
    takes_id: bool
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    left_out: str = ""
    requests: int = 0

    @property
    def probed(self) -> bool:
        """Whether somebody else's id was really tried on it."""
        return any(
            self.outcomes[name].status is Status.TESTED
            for name in ("read", "write", "delete")
            if name in self.outcomes
        )

    @property
    def why_not(self) -> str:
        """The reason in words."""
        if self.left_out:
            return self.left_out
        reasons = [each.reason for each in self.outcomes.values() if each.reason]
        return reasons[0] if reasons else "no probe applies"


@final
@dataclass(frozen=True)
class Coverage:
    """The table."""

    probes: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def wanted(self) -> tuple[Row, ...]:
        """The operations that take an id and are not left out for a good reason."""
        return tuple(row for row in self.rows if row.takes_id and not row.left_out)

    @property
    def share(self) -> float:
        """The share of those that were probed with a real foreign id, 0 to 1; 0 where there are none."""
        return sum(row.probed for row in self.wanted) / len(self.wanted) if self.wanted else 0.0

    @property
    def tested(self) -> int:
        """How many operations any probe got through to."""
        return sum(any(each.status is Status.TESTED for each in row.outcomes.values()) for row in self.rows)
