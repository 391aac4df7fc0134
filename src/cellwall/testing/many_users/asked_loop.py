"""Which event loop a test asks its plugins for; users run on the explorer's, which is then said."""

from collections.abc import Mapping
from typing import Any


def asks_for_uvloop(values: Mapping[str, object]) -> bool:
    """Tell whether the values of a test's fixtures ask for uvloop, in anyio's or pytest-asyncio's way."""
    options: Mapping[Any, object] = {}
    match values.get("anyio_backend"):
        case (str(), {**given}):
            options = given
    if options.get("use_uvloop"):
        return True
    makers = (
        values.get("_asyncio_loop_factory"),
        values.get("event_loop_policy"),
        options.get("loop_factory"),
    )
    return any(str(getattr(maker, "__module__", "")).partition(".")[0] == "uvloop" for maker in makers)
