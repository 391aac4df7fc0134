"""Canaries for new tests: texts that only one user of one test may see. Deterministic: a run repeats them."""

import hashlib


def canary(test: str, whose: str) -> str:
    """Give the source of a text that stands in no other test and cannot be guessed from another user's.

    >>> canary("test_a", "amber")
    '"amber-31ca741b6c11"'
    """
    digest = hashlib.sha256(f"{test}/{whose}".encode()).hexdigest()[:12]
    return f'"{whose}-{digest}"'


def users(test: str, count: int) -> str:
    """Give the source of a list of `count` users' ids, none of which is the beginning of another."""
    stem = canary(test, "user").strip('"')
    return f'[f"{stem}-{{number}}" for number in range({min(count, 10)})]'
