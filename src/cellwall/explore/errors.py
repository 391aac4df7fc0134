"""What the explorer raises about itself.

ExploreError
├── UnsupportedPythonError   this Python's event loop was not tested
├── ScheduleTextError        the text is no schedule
├── DeadlockError            every task waits and nothing can wake one
├── LivelockError            a run takes more steps than it may
└── NestedRunError           a run was started where a loop is running already
"""

from typing import final


class ExploreError(Exception):
    """The explorer cannot do what was asked."""


@final
class UnsupportedPythonError(ExploreError):
    """The event loop of this Python was not tested with the explorer."""


@final
class ScheduleTextError(ExploreError, ValueError):
    """The text is no schedule."""


@final
class DeadlockError(ExploreError):
    """Every task waits and nothing can wake one."""


@final
class LivelockError(ExploreError):
    """A run takes more steps than it may."""


@final
class NestedRunError(ExploreError):
    """A run was started where an event loop is running already."""
