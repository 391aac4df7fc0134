"""Sequential probes: they find most leaks before any concurrency. One file each, decisions without I/O."""

from cellwall.testing.probes.caching import CachingProbe
from cellwall.testing.probes.exchange import Answer, Exchange, Request
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.left_behind import LeftBehindProbe
from cellwall.testing.probes.one_input import OneInputProbe
from cellwall.testing.probes.presence import PresenceProbe
from cellwall.testing.probes.recorder import Recorder
from cellwall.testing.probes.replay import ReplayProbe
from cellwall.testing.probes.shared import SharedObjectsProbe
from cellwall.testing.probes.trial import Probe, Trial

ALL_PROBES: tuple[Probe, ...] = (
    OneInputProbe(),
    ReplayProbe(),
    CachingProbe(),
    LeftBehindProbe(),
    SharedObjectsProbe(),
    PresenceProbe(),
)

__all__ = [
    "ALL_PROBES",
    "Answer",
    "CachingProbe",
    "Exchange",
    "Finding",
    "LeftBehindProbe",
    "OneInputProbe",
    "PresenceProbe",
    "Probe",
    "Recorder",
    "ReplayProbe",
    "Request",
    "SharedObjectsProbe",
    "Trial",
]
