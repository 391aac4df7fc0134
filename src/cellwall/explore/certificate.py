"""What was tried and found clean, as a value, a text and data for machines."""

from dataclasses import asdict, dataclass
from typing import Any, final

from cellwall.project.number_of import number_of


@final
@dataclass(frozen=True, slots=True)
class Certificate:
    """What an exploration covered; it says what was tried, not that nothing else can happen.

    `schedules` counts the runs by strategy. `swept` of `points` cancellation points were run without a delay,
    `delayed` of `delay_points` known pairs of a cancellation and one delay. `delays` is the number of delays
    up to which every schedule without a cancellation was run, -1 if not even the plain one. `not_covered`
    says in sentences what was left out. `cpu_seconds` are the process's, for a machine that others use too.
    """

    handlers: tuple[str, ...]
    schedules: dict[str, int]
    points: int
    swept: int
    delay_points: int
    delayed: int
    delays: int
    max_stall: float
    seconds: float
    seed: int
    python: str
    not_covered: tuple[str, ...]
    amplified: int = 0
    cpu_seconds: float = 0.0

    @property
    def runs(self) -> int:
        """The number of runs made."""
        return sum(self.schedules.values())

    def as_data(self) -> dict[str, Any]:
        """Give it as what JSON can hold."""
        return {**asdict(self), "runs": self.runs}

    def __str__(self) -> str:
        lines = [
            f"{number_of(len(self.handlers), 'handler')}, {number_of(self.runs, 'schedule')} in "
            f"{self.seconds:.2f} s (seed {self.seed}, Python {self.python}): "
            + ", ".join(f"{name} {count}" for name, count in self.schedules.items() if count)
        ]
        if self.points:
            lines.append(
                f"cancellation: {self.swept} of {number_of(self.points, 'point')}, "
                f"{self.delayed} of {number_of(self.delay_points, 'known pair')} of a point and one delay"
            )
        if self.delays >= 0:
            lines.append(f"every schedule with at most {number_of(self.delays, 'delay')}")
        if self.amplified:
            lines.append(f"{self.amplified} of the schedules with amplified awaits")
        lines.append(f"time stood still for at most {self.max_stall} s while something was due")
        lines += [f"not covered: {sentence}" for sentence in self.not_covered]
        return "\n".join(lines)
