"""The order of the probes: what is worth most first, and what destroys last."""

from __future__ import annotations

from typing import Final

from cellwall.audit.probe import Probe
from cellwall.audit.probes.foreign_delete import ForeignDelete
from cellwall.audit.probes.foreign_read import ForeignRead
from cellwall.audit.probes.foreign_write import ForeignWrite
from cellwall.audit.probes.list_leak import ListLeak

PROBES: Final[tuple[Probe, ...]] = (ListLeak(), ForeignRead(), ForeignWrite(), ForeignDelete())
