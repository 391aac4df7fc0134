"""The fixture `allow_sharing`: what a test declares that users may see of each other; one user needs none."""

import sys
from collections.abc import Callable
from typing import Any, Final

import pytest

_WATCH: Final = "cellwall.canary.watch"  # not loaded where nobody is simulated
_USER: Final = "cellwall.testing.many_users.current_user"


@pytest.fixture
def allow_sharing() -> Callable[..., None]:
    """Give a function that declares sharing: `allow_sharing("/rooms/room-1")`.

    It names users or places (a path, a word of a place as reports write it, "*" for everybody) who may see,
    or where may be seen, what is the calling user's own; everybody's where all users share the caller, or
    where `owner="*"` says so. Each declaration is told in the summary, with how often it explained something.
    """
    return _allow


def _allow(*others_or_places: str, owner: str | None = None) -> None:
    watch: Any = sys.modules.get(_WATCH)
    active = watch.active_watch() if watch is not None else None
    if active is None:
        return
    users: Any = sys.modules.get(_USER)
    caller = users.current_user() if users is not None else None
    active.book.allow(owner or caller or "*", *others_or_places)
