"""A version of pytest that was not tested is refused with a clear message."""

import pytest

from cellwall.testing.many_users.pytest_private import TESTED, minor_version, require_tested


def test_tested_versions_are_taken() -> None:
    for version in TESTED:
        require_tested(f"{version}.0")
    require_tested()


def test_another_one_is_refused() -> None:
    with pytest.raises(pytest.UsageError, match=r"tested with pytest 7.4, .* not with 99.1.0; leave out"):
        require_tested("99.1.0")
    assert minor_version("8.4.2rc1") == "8.4"
