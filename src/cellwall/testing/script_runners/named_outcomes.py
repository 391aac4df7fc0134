"""Names the tests of scripts, and gathers how they ended. Decides without I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cellwall.testing.measured import Outcome

BETWEEN: Final = " > "


@dataclass(slots=True)
class NamedOutcomes:
    """What is known so far: outcomes by id, files that could not be loaded, and why it is not the whole."""

    by_id: dict[str, Outcome] = field(default_factory=dict)
    collection_errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take(
        self, path: str, titles: Sequence[str], outcome: str, *, reason: str = "", seconds: float = 0.0
    ) -> None:
        """Add one test; of several with the same titles in a file, each later one gets a number."""
        plain = f"{path}::{BETWEEN.join(titles)}"
        node_id, number = plain, 1
        while node_id in self.by_id:
            number += 1
            node_id = f"{plain} #{number}"
        ran = outcome in ("passed", "failed", "error")
        line = " ".join(reason.split())[:400]
        self.by_id[node_id] = Outcome(node_id, outcome, "call", line, ran=ran, seconds=seconds)

    def nothing_of(self, paths: Iterable[str], why: str) -> None:
        """Note the files of which nothing was heard."""
        heard = {node_id.partition("::")[0] for node_id in self.by_id} | self.collection_errors.keys()
        for path in paths:
            if path not in heard:
                self.collection_errors[path] = why
