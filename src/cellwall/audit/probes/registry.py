"""The order of the probes: the limit before it is used up, what is worth most next, what destroys last."""

from __future__ import annotations

from typing import Final

from cellwall.audit.probe import Probe
from cellwall.audit.probes.cached_for_others import CachedForOthers
from cellwall.audit.probes.channel_leak import ChannelLeak
from cellwall.audit.probes.concurrent_bleed import ConcurrentBleed
from cellwall.audit.probes.credentials import Credentials
from cellwall.audit.probes.deleted_data import DeletedData
from cellwall.audit.probes.foreign_delete import ForeignDelete
from cellwall.audit.probes.foreign_figures import ForeignFigures
from cellwall.audit.probes.foreign_read import ForeignRead
from cellwall.audit.probes.foreign_write import ForeignWrite
from cellwall.audit.probes.kept_out import KeptOut
from cellwall.audit.probes.list_leak import ListLeak
from cellwall.audit.probes.no_credentials import NoCredentials
from cellwall.audit.probes.owner_assigned import OwnerAssigned
from cellwall.audit.probes.shared_limit import SharedLimit

PROBES: Final[tuple[Probe, ...]] = (
    SharedLimit(),
    ListLeak(),
    ForeignRead(),
    Credentials(),
    CachedForOthers(),
    ForeignFigures(),
    ChannelLeak(),
    OwnerAssigned(),
    ForeignWrite(),
    ConcurrentBleed(),
    NoCredentials(),
    ForeignDelete(),
    DeletedData(),
    KeptOut(),
)
