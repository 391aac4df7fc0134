"""The baseline of an audit: findings that were there on the day of adoption and do not fail since."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from cellwall.audit.errors import AuditError
from cellwall.audit.finding import Finding
from cellwall.project.durable_write import replace_durably

_VERSION: Final = 1


def read_accepted(path: Path) -> frozenset[str]:
    """Give the fingerprints of a baseline.

    Raises:
        AuditError: it is missing, or not what `write_accepted` writes.
    """
    try:
        body = json.loads(path.read_bytes())
        if body["version"] != _VERSION:
            raise AuditError(f"{path}: is of version {body['version']!r}, not {_VERSION}")
        return frozenset(str(each["fingerprint"]) for each in body["findings"])
    except OSError as error:
        raise AuditError(
            f"{path}: cannot be read ({error.strerror or error}); make one with --write-baseline"
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AuditError(f"{path}:1: is no baseline of an audit; make one with --write-baseline") from error


def write_accepted(path: Path, findings: Iterable[Finding]) -> None:
    """Write a baseline that accepts these findings; what people read in it is for review only.

    Raises:
        AuditError: it cannot be written.
    """
    entries = [
        {
            "fingerprint": each.fingerprint,
            "kind": each.weakness.name,
            "target": each.target,
            "detail": each.detail,
        }
        for each in findings
    ]
    text = json.dumps({"version": _VERSION, "findings": entries}, indent=1) + "\n"
    try:
        replace_durably(path, text.encode(), suffix=".cellwall", mode=0o644)
    except OSError as error:
        raise AuditError(f"{path}: cannot be written ({error.strerror or error})") from error


def with_accepted(findings: Iterable[Finding], accepted: frozenset[str]) -> list[Finding]:
    """Mark the findings that the baseline has."""
    return [replace(each, accepted=each.fingerprint in accepted) for each in findings]
