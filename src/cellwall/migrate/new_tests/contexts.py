"""Spells the contexts of two users, which most new tests begin with."""

from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.spelling import Spelling


def two_contexts(say: Spelling, test: str, first: str = "first", second: str = "second") -> str:
    """Give the two lines that make the contexts `first` and `second` of two users of this test's own."""
    amber = say.role("context", user_id=canary(test, "amber"))
    birch = say.role("context", user_id=canary(test, "birch"))
    return f"{first} = {amber}\n    {second} = {birch}"
