"""What a run is made of: its repository, plan, settings and tools. Data; the coordinator works with it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cellwall.migrate.git.repository import Repository
from cellwall.migrate.leases import LeaseTable
from cellwall.migrate.options import RunOptions
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.processes import Children
from cellwall.migrate.record import Record, ignore_window
from cellwall.migrate.run_directory import RunDirectory
from cellwall.migrate.scope import Scope
from cellwall.migrate.workspaces import WorkspaceFarm
from cellwall.project.config import ProjectConfig


@dataclass(slots=True)
class Run:
    """One run, fresh or resumed.

    Attributes:
        base: the commit that the run starts from.
        shared_base: the commit of batch 0, everyone's base; equal to `base` until batch 0 is merged.
        tip: the run's branch now.
        agent_module: the module that agents' processes run.
        window: called inside the named windows of the kill tests.
    """

    repository: Repository
    project: ProjectConfig
    plan: Plan
    options: RunOptions
    scope: Scope
    directory: RunDirectory
    record: Record
    leases: LeaseTable
    farm: WorkspaceFarm
    children: Children
    base: str
    shared_base: str
    tip: str
    agent_module: str = "cellwall.migrate.agent_process"
    window: Callable[[str], None] = ignore_window
    _made: set[str] = field(default_factory=set)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def workspace(self, name: str, commit: str) -> Path:
        """Give the workspace of this name, holding exactly `commit`; blocks, so call it in a thread."""
        with self._making:
            if name not in self._made:
                path = self.farm.add(name, commit)
                self._made.add(name)
                return path
        return self.farm.reset(name, commit)

    @property
    def id(self) -> str:
        """The run's id."""
        return self.directory.run_id

    @property
    def facts_path(self) -> Path:
        """Where the project's facts stand for the agents' processes; they are of `shared_base`."""
        return self.directory.path / f"facts-{self.shared_base[:12]}.json"
