"""How the gate "notices leaks" runs new modules: in the patched workspace, which no run finds changed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, final

from cellwall.migrate.gates.gate import Subject
from cellwall.testing.doubled_target import DoubledTarget, Part
from cellwall.testing.leak_run import LeakRun
from cellwall.testing.leaky_doubles import traces


class Runs(Protocol):
    """Runs of new modules under the doubles of their roles."""

    def rehearse(self, parts: Sequence[Part]) -> dict[str, list[LeakRun]]:
        """Run each part under its doubles, in children of one process: role -> runs, where that can be."""

    def run(self, part: Part, double: str) -> LeakRun:
        """Run one part under one double, in a process of its own."""


RunsOf = Callable[[Subject], Runs]


@final
@dataclass(slots=True)
class TidyRuns:
    """Runs that leave the workspace as it was."""

    target: DoubledTarget

    def rehearse(self, parts: Sequence[Part]) -> dict[str, list[LeakRun]]:
        """Give nothing where a file of the workspace was changed."""
        with _tidy(self.target.workspace) as spoiled:
            runs = self.target.rehearse(parts)
        return {} if spoiled else runs

    def run(self, part: Part, double: str) -> LeakRun:
        """Give no run where a file of the workspace was changed."""
        with _tidy(self.target.workspace) as spoiled:
            found = self.target.run(part, double)
        return replace(found, not_made=f"the tests wrote over {spoiled[0]}") if spoiled else found


@contextmanager
def _tidy(root: Path) -> Iterator[list[str]]:
    """Remove what is added to a folder; tell what is changed or deleted, which nobody can bring back."""
    spoiled: list[str] = []
    start = traces.listing(root)
    yield spoiled
    left = traces.traces(start, traces.listing(root))
    traces.remove(root, left.added)
    spoiled += left.spoiled


def in_target(subject: Subject) -> Runs:
    """Give the runs in the patched workspace."""
    project, workspace = subject.project, subject.patched_dir.resolve()
    return TidyRuns(DoubledTarget(subject.environment, workspace, project.tests, project.roles))
