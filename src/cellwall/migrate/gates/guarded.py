"""The named edge of the gates: whatever a gate stumbles over becomes a refusal with evidence."""

from dataclasses import dataclass, field, replace
from typing import final

from cellwall.migrate.gates.gate import Gate, Subject, Verdict


@final
@dataclass(slots=True)
class Guarded:
    """Judge by `gate`; an exception (a tree nested too deep, a file that vanished) refuses the patch.

    A patch that makes a gate fail is never taken for a good one.
    """

    gate: Gate
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """Bear the inner gate's name."""
        self.name = self.gate.name

    def judge(self, subject: Subject) -> Verdict:
        """Judge one patch and never raise."""
        try:
            verdict = self.gate.judge(subject)
        except Exception as error:
            what = f"{type(error).__name__}: {error}"[:300]
            verdict = Verdict(self.name, False, f"the gate could not judge this patch: {what}")
        return replace(verdict, evidence=_readable(verdict.evidence))


def _readable(text: str) -> str:
    """Give text that can be written anywhere: names of files and output may hold broken characters."""
    return text.encode("utf-8", "backslashreplace").decode()
