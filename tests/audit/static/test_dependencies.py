"""Versions that are known to leak are found, and those next to them are not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cellwall.audit.static.dependencies import (
    dependency_findings,
    installed,
    known_leaks,
    normalised,
    parsed,
)


@pytest.mark.parametrize(
    ("package", "version", "leaks"),
    [
        ("redis", "4.5.3", True), ("redis", "4.5.4", False), ("redis", "8.1.0", False),
        ("redis", "3.5.3", False),
        ("channels", "3.0.2", True), ("channels", "2.4.0", False), ("flask", "2.2.4", True),
        ("flask", "2.2.5", False), ("flask", "2.3.1", True), ("flask", "3.1.2", True),
        ("flask", "3.1.3", False),
        ("django", "5.2.14", True), ("django", "5.2.15", False), ("litellm", "1.82.6", True),
        ("mcp", "1.27.1", True), ("mcp", "1.27.2", False), ("fastapi-proxy-lib", "0.0.1b0", True),
    ],
)  # fmt: skip
def test_a_version_is_judged(package: str, version: str, leaks: bool) -> None:
    found, _ = dependency_findings({package: version})
    assert bool(found) is leaks
    if leaks:
        assert f"{package}=={version}" == found[0].target
        assert "Update" in found[0].weakness.fix


def test_versions_are_in_order() -> None:
    words = ["0.0.1.dev1", "0.0.1a2", "0.0.1b0", "0.0.1rc1", "0.0.1", "0.0.2", "0.0.10", "0.1", "1.0.0"]
    assert sorted(words, key=parsed) == words
    assert parsed("1.0") == parsed("1.0.0")


def test_each_known_leak_has_a_reference_and_a_fixed_version() -> None:
    leaks = known_leaks()
    assert len(leaks) > 10
    assert all(each.reference and each.what and parsed(each.fixed) > ((0,), 0, 0) for each in leaks)
    assert all(each.package == normalised(each.package) for each in leaks)


def test_what_is_installed_is_read() -> None:
    assert "pytest" in installed(Path(sys.executable))
