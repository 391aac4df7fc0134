"""What cannot run as many users says so in one message."""

from typing import Final, NoReturn, final

import pytest

_WAY_OUT: Final = (
    "mark it @pytest.mark.isolation(users=1) to run it as it is, or leave --concurrent-users out"
)


_Failed: type[BaseException] = pytest.fail.Exception


@final
class Refusal(_Failed):  # type: ignore[valid-type, misc]  # made by a decorator, so nothing knows its type
    """The test cannot run as many; a failure without a traceback, since its code is not at fault."""

    __module__ = "builtins"  # as pytest's own outcomes have it, for short names in the summary

    def __init__(self, why: str) -> None:
        super().__init__(f"cellwall cannot run this test as many users: {why}; {_WAY_OUT}", pytrace=False)


def refuse(why: str) -> NoReturn:
    """Fail the test with why it cannot run as many, and what to do.

    Raises:
        Refusal: always.
    """
    raise Refusal(why)
