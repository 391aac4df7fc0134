"""The named edge of the gates: whatever a gate stumbles over becomes a refusal with evidence."""

from dataclasses import dataclass
from typing import final

from cellwall.migrate.gates.gate import Gate, Subject, Verdict


@final
@dataclass(frozen=True, slots=True)
class Guarded:
    """Judge by `gate`; an exception (a tree nested too deep, a file that vanished) refuses the patch.

    A patch that makes a gate fail is never taken for a good one.
    """

    gate: Gate

    @property
    def name(self) -> str:
        """The inner gate's name."""
        return self.gate.name

    def judge(self, subject: Subject) -> Verdict:
        """Judge one patch and never raise."""
        try:
            return self.gate.judge(subject)
        except Exception as error:
            what = f"{type(error).__name__}: {error}"[:300]
            return Verdict(self.name, False, f"the gate could not judge this patch: {what}")
