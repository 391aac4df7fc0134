"""What a probe is: it asks one operation for what is not the asker's, and judges the answers."""

from __future__ import annotations

from typing import Protocol

from cellwall.audit.investigation import Investigation
from cellwall.audit.operation import Operation
from cellwall.audit.outcome import Outcome


class Probe(Protocol):
    """One file each in `probes/`; `name` is its column in the coverage table, `asks` what it asks for."""

    name: str
    asks: str

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Probe one operation; an operation that the probe has nothing to ask of is not applicable."""
        ...
