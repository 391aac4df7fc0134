"""How the gate "notices leaks" runs new modules: in the patched workspace, which no run finds changed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, final

from cellwall.migrate.gates.gate import Subject
from cellwall.testing.leak_run import Doubled, LeakRun
from cellwall.testing.leaky_doubles import traces


class Runs(Protocol):
    """Runs of new modules under the doubles of one role."""

    def rehearse(self, doubles: Sequence[str]) -> list[LeakRun]:
        """Run them in children of one process, one run a double; give nothing where that cannot be."""

    def run(self, double: str) -> LeakRun:
        """Run them in a process of their own."""


@final
@dataclass(slots=True)
class TidyRuns:
    """Runs of new modules in the patched workspace, which no run finds as another one left it."""

    doubled: Doubled

    def rehearse(self, doubles: Sequence[str]) -> list[LeakRun]:
        """Run the modules in children of one process; give nothing where that cannot be."""
        with _tidy(self.doubled.workspace) as spoiled:
            runs = self.doubled.rehearse(doubles)
        return [] if spoiled else runs

    def run(self, double: str) -> LeakRun:
        """Run the modules in a process of their own."""
        with _tidy(self.doubled.workspace) as spoiled:
            found = self.doubled.run(double)
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


RunsOf = Callable[[Subject, Sequence[str], str], Runs]


def in_target(subject: Subject, paths: Sequence[str], role: str) -> Runs:
    """Give the runs of modules with the doubles of a role in the target."""
    project = subject.project
    workspace = subject.patched_dir.resolve()
    return TidyRuns(Doubled(subject.environment, workspace, paths, project.tests, project.roles, role))
