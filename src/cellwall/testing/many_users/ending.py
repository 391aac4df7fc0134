"""What ends a session or a test whatever its users do: an interrupt, an exit, pytest-timeout's alarm."""

from collections.abc import Iterable
from typing import Any, Final

import pytest

_ENDS_ALL: Final = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)
_FAILED: Final[type[BaseException]] = pytest.fail.Exception


def ends_all(error: BaseException) -> bool:
    """Tell whether the error, or one that it holds, asks to end at once; it is no evidence about users."""
    inner: Iterable[Any] = getattr(error, "exceptions", ())
    return (
        isinstance(error, _ENDS_ALL)
        or (isinstance(error, _FAILED) and str(error).startswith("Timeout"))  # pytest-timeout's words
        or any(ends_all(each) for each in inner)
    )
