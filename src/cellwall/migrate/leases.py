"""Leases on paths with fencing tokens, in the shared lock file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to change a batch's paths until `expires`; `token` proves it at merge time."""

    token: int
    expires: float


@dataclass(frozen=True, slots=True)
class Held:
    """Why a lease was refused: `path` is held by the batch `holder` until `expires`."""

    path: str
    holder: str
    expires: float


class LeaseTable:
    """The leases of one run, in the lock file that its RunLock holds."""

    def __init__(self, path: Path, run_id: str) -> None:
        raise NotImplementedError

    def grant(self, batch_id: str, paths: Iterable[str], *, now: float, seconds: float) -> Lease | Held:
        raise NotImplementedError

    def renew(self, batch_id: str, token: int, *, now: float, seconds: float) -> Lease:
        raise NotImplementedError

    def release(self, batch_id: str, token: int) -> None:
        raise NotImplementedError

    def check(self, batch_id: str, paths: Iterable[str], token: int, now: float) -> None:
        """StaleLeaseError: the lease is not the paths' last one."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
