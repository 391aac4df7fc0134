"""What was found in one file. Data only."""

from typing import NamedTuple

from cellwall.check.finding import Finding
from cellwall.check.parse import ParseError


class FileReport(NamedTuple):
    """What was found in one file, in source order.

    `parse_error` says why it is no Python, else None; `failures` what went wrong inside of rules.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    parse_error: ParseError | None = None
    failures: tuple[str, ...] = ()
