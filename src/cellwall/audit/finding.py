"""A finding: what one user could do that is not theirs to do, with the evidence, and what follows from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, final

from cellwall.audit.exchange import Exchange


class Severity(Enum):
    """How bad it is; the order is that of `RANK`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


RANK: Final = {severity: place for place, severity in enumerate(Severity)}


class Verdict(Enum):
    """How sure it is."""

    CONFIRMED = "confirmed"  # a value, a change or a loss that proves it
    EXPOSED = "exposed"  # everybody is shown it, without credentials as well: a question, is it meant?
    SUSPECTED = "suspected"  # granted where it should be refused, with nothing that proves a leak


@final
@dataclass(frozen=True, slots=True)
class Weakness:
    """What kind of finding it is: name, title, CWE, item of OWASP's API Security Top 10 2023, the repair."""

    name: str
    title: str
    cwe: str
    owasp: str
    fix: str


@final
@dataclass(frozen=True)
class Finding:
    """One finding. `target` names what was asked for: the operation's key, or path:line for code.

    `evidence` is a sentence; `exchanges` are the requests that show it, the owner's first; `place` is
    where in the code, "" where unknown.
    """

    weakness: Weakness
    target: str
    detail: str
    severity: Severity
    reason: str
    verdict: Verdict
    evidence: str
    exchanges: tuple[Exchange, ...] = ()
    place: str = ""
    retest: str = ""
    fix: str = ""  # where the weakness's own does not say enough
    accepted: bool = field(default=False)

    @property
    def fingerprint(self) -> str:
        """What names the finding in baselines: kind, target and detail, nothing that a run makes anew."""
        text = "\0".join((self.weakness.name, self.target, self.detail))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
