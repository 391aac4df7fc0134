"""Batches and patches: which files an agent changes together, and what came out. Data only."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that one agent changes together.

    Attributes:
        id: "a03-b002"; batch 0, shared by all agents, is "a00-b000"; a piece of a refused batch appends
            ".1", ".2". `merge_order` of the ids is the order of merging.
        agent: the agent's number in the plan; 0 for batch 0.
        paths: relative to the repository, sorted; disjoint between batches.
        writes: the new test modules among the paths, each with the name of the capability that writes it.
    """

    id: str
    agent: int
    paths: tuple[str, ...]
    writes: tuple[tuple[str, str], ...] = ()

    def part(self, batch_id: str, paths: tuple[str, ...]) -> "Batch":
        """Give the part of this batch that has these paths, under an id of its own."""
        return Batch(batch_id, self.agent, paths, tuple(pair for pair in self.writes if pair[0] in paths))


def merge_order(batch_id: str) -> tuple[int, ...]:
    """Give the sorting key of a batch id: agent, batch, piece, piece of a piece."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", batch_id))


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's change. `before` is None for a new file, `after` None for a deleted one. Raw bytes."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Site:
    """One place that was repaired or that needs a human.

    `code` is the rule's code ("CW101"); `reason` is empty for a repaired site, else from the closed list;
    `pattern` is the plan pattern that a repair applied.
    """

    path: str
    line: int
    rule: str
    code: str
    reason: str = ""
    detail: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class NewModule:
    """A test module that a capability wrote; each of its tests must notice a leaky double of `role`.

    Attributes:
        tests: names of the tests that are about `role`, () for all; a module about several roles stands in a
            patch once for each of them.
    """

    path: str
    capability: str
    role: str
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """An agent's proposal for a batch: a pure function of base commit and batch (no clock, no random id)."""

    batch: Batch
    base: str  # commit id
    changes: tuple[FileChange, ...]
    repaired: tuple[Site, ...]
    needs_human: tuple[Site, ...]
    new_modules: tuple[NewModule, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that the patch changes."""
        return tuple(change.path for change in self.changes)
