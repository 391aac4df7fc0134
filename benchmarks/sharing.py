"""What the object graph costs: a million objects on two sides, with one that both share.

Run: python -m benchmarks.sharing [--quick]
"""

from __future__ import annotations

import gc
import sys
import time

from benchmarks.ratio import Row
from cellwall.sharing import shared_objects
from cellwall.sharing.profile import NO_PROFILES
from cellwall.sharing.walk import Walk

OBJECTS = 1_000_000


class Item:
    """One thing that a user holds: text, numbers, a list, a dictionary, a way back."""

    def __init__(self, number: int, owner: object) -> None:
        self.name = f"item {number}"
        self.tags = [f"tag {number}", number]
        self.more = {"at": number, "owner": (owner, number)}


class User:
    """A root with its items."""

    def __init__(self, items: int) -> None:
        self.items = [Item(number, self) for number in range(items)]


def objects_of(user: User) -> int:
    """Count what a walk enters: texts and numbers apart."""
    walk = Walk(NO_PROFILES)
    walk.run(user)
    return len(walk)


def measure(quick: bool) -> list[Row]:
    """Measure in processor time, since others may use the machine too."""
    wanted = OBJECTS // 10 if quick else OBJECTS
    each = objects_of(User(100)) / 100
    a, b = (User(round(wanted / 2 / each)) for _ in range(2))
    a.items[7].shared = b.items[70].shared = {"cache": []}  # type: ignore[attr-defined]
    count = objects_of(a) + objects_of(b)
    gc.collect()
    start = time.process_time()
    found = shared_objects(a, b)
    seconds = time.process_time() - start
    assert [str(one) for one in found] == ["dict: a.items[7].shared is b.items[70].shared"]
    whole = seconds * OBJECTS / count
    return [
        Row("objects looked at, texts and numbers apart", count, "objects", "", True),
        Row("a million objects, one of them shared", whole, "s processor", "< 3", whole < 3),
    ]


if __name__ == "__main__":
    for row in measure("--quick" in sys.argv):
        print(row)
