"""The baseline: findings that were there on the day of adoption and do not fail since. A JSON file."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cellwall.check.finding import Finding
from cellwall.check.fingerprint import fingerprints
from cellwall.project.bounded_read import bounded_bytes
from cellwall.project.durable_write import replace_durably

_VERSION: Final = 1
MAX_BYTES: Final = 64 << 20


class BaselineError(ValueError):
    """The baseline file cannot be used; the text says why and what to try."""


class Compared(NamedTuple):
    """Findings against a baseline: what is new, what was accepted, and how many entries are gone."""

    new: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    gone: int


def compare(findings: Sequence[Finding], accepted: frozenset[str]) -> Compared:
    """Divide findings by whether the baseline has their fingerprint."""
    new: list[Finding] = []
    old: list[Finding] = []
    seen: set[str] = set()
    for finding, fingerprint in fingerprints(findings):
        seen.add(fingerprint)
        (old if fingerprint in accepted else new).append(finding)
    return Compared(tuple(new), tuple(old), len(accepted - seen))


def read_baseline(path: Path) -> frozenset[str]:
    """Give the fingerprints of a baseline file.

    Raises:
        BaselineError: it is missing, or not what `write_baseline` writes.
    """
    remedy = "make one with --write-baseline"
    try:
        body = json.loads(bounded_bytes(path, MAX_BYTES))
        if type(body["version"]) is not int or body["version"] != _VERSION:
            raise BaselineError(f"{path}: is of version {body['version']!r}, not {_VERSION}; {remedy}")
        return frozenset(str(entry["fingerprint"]) for entry in body["findings"])
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read ({error.strerror or error}); {remedy}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, BaselineError):
            raise
        raise BaselineError(f"{path}:1: is no baseline; {remedy}") from error


def write_baseline(path: Path, findings: Iterable[Finding]) -> None:
    """Write a file that accepts these findings; what people read in it is for review only.

    Raises:
        BaselineError: it cannot be written.
    """
    entries = [
        {
            "fingerprint": fingerprint,
            "path": finding.path,
            "rule": finding.rule,
            "message": finding.message,
        }
        for finding, fingerprint in fingerprints(findings)
    ]
    text = json.dumps({"version": _VERSION, "findings": entries}, indent=1) + "\n"
    try:
        replace_durably(path, text.encode(), suffix=".cellwall", mode=0o644)
    except OSError as error:
        raise BaselineError(f"{path}: cannot be written ({error.strerror or error})") from error
