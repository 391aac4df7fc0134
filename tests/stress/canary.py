"""Canaries: texts that only one user may see, and the ledger of who saw which."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

MARK = re.compile(r"canary<([^<>]*)>")


def canary(user_id: str, number: int) -> str:
    """Give a text that says whose it is wherever it surfaces."""
    return f"canary<{user_id}> of request {number}"


@dataclass
class Ledger:
    """Counts what each user saw, and every foreign canary among it, by the place where it surfaced."""

    seen: Counter[str] = field(default_factory=Counter)
    leaks: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def saw(self, place: str, user_id: str, values: Iterable[object]) -> None:
        """Look at what reached `user_id` at `place`."""
        for value in values:
            self.seen[place] += 1
            foreign = [owner for owner in MARK.findall(str(value)) if owner != user_id]
            if foreign:
                self.leaks[place] += 1
                if len(self.examples) < 5:
                    self.examples.append(f"{place}: {user_id} saw {foreign[0]}'s")
