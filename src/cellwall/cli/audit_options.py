"""What `cellwall audit` was asked for, as data."""

from dataclasses import dataclass, field
from pathlib import Path

from cellwall.project.audit_config import AuditConfig


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """The command line of one audit, over what is configured.

    Attributes:
        root: the repository.
        app: MODULE:NAME or MODULE:NAME(), "" for none.
        url: where a service runs, "" for none.
        seed: chooses the users' values; a service that goes on running wants another each time.
        others: named as in the command's help.
    """

    root: Path
    config: AuditConfig = field(default_factory=AuditConfig)
    focus: str = "all"
    app: str = ""
    url: str = ""
    remote: bool = False
    allowed: tuple[str, ...] = ()
    openapi: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    see_others: tuple[str, ...] = ()
    sign_up: str = ""
    sign_in: str = ""
    shared: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    seed: int = 0
    depth: int = 12
    schedules: int = 0
    baseline: Path | None = None
    write_baseline: bool = False
    since: str = ""
