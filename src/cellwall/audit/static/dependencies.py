"""Installed packages whose version is known to show one user's data to another; the list lies beside."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import distributions
from pathlib import Path
from typing import Final, final

from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.weaknesses import WEAKNESSES

_DATA: Final = Path(__file__).with_name("known_leaks.toml")
_PRE: Final = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "rc": -1, "c": -1}
Version = tuple[tuple[int, ...], int, int]


@final
@dataclass(frozen=True, slots=True)
class KnownLeak:
    """A range of versions that leaks: from `since` (all before where it is "") up to and without `fixed`."""

    package: str
    fixed: str
    reference: str
    what: str
    since: str = ""

    def has(self, version: str) -> bool:
        """Whether this version leaks."""
        at = parsed(version)
        return at < parsed(self.fixed) and (not self.since or at >= parsed(self.since))


def known_leaks() -> tuple[KnownLeak, ...]:
    """Read the list."""
    return tuple(KnownLeak(**each) for each in tomllib.loads(_DATA.read_text(encoding="utf-8"))["leak"])


def installed(python: Path) -> dict[str, str]:
    """Give the versions that an interpreter has, by normalised name."""
    here = Path(sys.executable).parent == python.parent
    folders = sorted(str(each) for each in python.parent.parent.glob("lib/python*/site-packages"))
    found = distributions() if here or not folders else distributions(path=folders)
    return {normalised(each.name): each.version for each in found if each.name and each.version}


def dependency_findings(versions: Mapping[str, str]) -> tuple[list[Finding], str]:
    """Judge installed versions; give the findings and what was looked at."""
    leaks = known_leaks()
    weakness = WEAKNESSES["leaky-dependency"]
    found = [
        Finding(
            replace(weakness, fix=f"Update {leak.package} to {leak.fixed} or later."),
            f"{leak.package}=={versions[leak.package]}",
            leak.reference,
            Severity.HIGH,
            "published, and reached by ordinary use",
            Verdict.SUSPECTED,
            f"{leak.package} {versions[leak.package]}: {leak.what} ({leak.reference})",
            retest="cellwall audit",
        )
        for leak in leaks
        if leak.package in versions and leak.has(versions[leak.package])
    ]
    return found, f"{len(versions)} installed packages against {len(leaks)} published leaks"


def normalised(name: str) -> str:
    """Give a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parsed(version: str) -> Version:
    """Give a version's release and pre-release for comparing; what else it says is left out (PEP 440)."""
    match = re.match(
        r"v?(?:\d+!)?(\d+(?:\.\d+)*)[-_.]?(a|b|c|rc|alpha|beta|dev)?[-_.]?(\d*)", version.lower()
    )
    if match is None:
        return (0,), 0, 0
    release = [int(part) for part in match[1].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    return tuple(release), _PRE.get(match[2] or "", 0), int(match[3] or 0)
