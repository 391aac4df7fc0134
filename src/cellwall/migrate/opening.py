"""What a run is opened with, and the resources it holds while open; fresh and resumed are the same here."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from cellwall.migrate.git.objects import EXECUTABLE, FILE
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.safe_path import why_unsafe
from cellwall.migrate.journal import Journal
from cellwall.migrate.leases import LeaseTable
from cellwall.migrate.options import RunOptions
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.processes import Children
from cellwall.migrate.project_survey import survey_project
from cellwall.migrate.record import Record, ignore_window
from cellwall.migrate.run import Run
from cellwall.migrate.run_directory import RunDirectory, lock_path, remove_empty_folders
from cellwall.migrate.run_lock import RunLock
from cellwall.migrate.scope import Scope
from cellwall.migrate.workspaces import WorkspaceFarm
from cellwall.project.config import ProjectConfig
from cellwall.project.own_folder import remove_leftovers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run takes from outside, as arguments: time, randomness, and what the kill tests put in."""

    clock: Callable[[], float]
    randomness: bytes
    agent_module: str = "cellwall.migrate.agent_process"
    window: Callable[[str], None] = ignore_window


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known of a run before anything of it is open."""

    repository: Repository
    project: ProjectConfig
    plan: Plan
    options: RunOptions
    around: Surroundings

    def scope_at(self, base: str) -> Scope:
        """Survey commit `base`: who owns which of its files."""
        files = [t.path for t in self.repository.tracked_files(base) if t.mode in (FILE, EXECUTABLE)]
        tracked = tuple(path for path in files if not why_unsafe(path))
        found = survey_project(self.plan, self.project, tracked)
        owned = dict(found.owned)
        if self.options.include_app:
            reached = found.application
            owned = {n: tuple(sorted({*paths, *reached.get(n, ())})) for n, paths in owned.items()}
        return Scope(found, owned, tracked)

    @contextmanager
    def open(self, scope: Scope, directory: RunDirectory, journal: Journal) -> Iterator[Run]:
        """Open leases and workspaces, and close everything, the journal too, at the end of the block."""
        with ExitStack() as stack:
            stack.callback(journal.close)
            leases = LeaseTable(lock_path(self.repository), directory.run_id)
            stack.callback(leases.close)
            farm = WorkspaceFarm(self.repository, directory)
            stack.callback(remove_leftovers)  # the folders of judges that had to be killed
            stack.callback(farm.remove_all)
            children = Children(network=self.project.tests.network)
            stack.callback(children.close)
            base = directory.base
            yield Run(
                repository=self.repository,
                project=self.project,
                plan=self.plan,
                options=self.options,
                scope=scope,
                directory=directory,
                record=Record(journal, self.around.clock, self.around.window),
                leases=leases,
                farm=farm,
                children=children,
                base=base,
                shared_base=base,
                tip=base,
                agent_module=self.around.agent_module,
                window=self.around.window,
            )


@contextmanager
def locked(repository: Repository, run_id: str, around: Surroundings) -> Iterator[RunLock]:
    """Hold the repository's lock: one run at a time."""
    path = lock_path(repository)
    host = socket.gethostname()
    lock = RunLock.acquire(path, run_id=run_id, pid=os.getpid(), host=host, started=around.clock())
    try:
        yield lock
    finally:
        lock.release(remove=True)
        remove_empty_folders(repository)
