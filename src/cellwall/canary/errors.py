"""What can be wrong in the use of canaries.

CanaryError
├── UnfitValueError     a value cannot be claimed: it is too short to be one user's alone
└── SecondWatchError    two watches at once, or one used twice
"""

from __future__ import annotations


class CanaryError(Exception):
    """The root of this room's errors; the fault is the caller's."""


class UnfitValueError(CanaryError, ValueError):
    """A value cannot be claimed, since others may have it by chance."""


class SecondWatchError(CanaryError, RuntimeError):
    """A watch was entered inside another, or for the second time."""
