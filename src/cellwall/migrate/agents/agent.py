"""What an agent is: it proposes a patch for a batch, as a pure function of base commit and batch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate.batch import Batch, Patch
from cellwall.project.config import ProjectConfig


@dataclass(frozen=True, slots=True)
class Request:
    """What an agent is given: its batch, a workspace that holds the base, and how the project is read."""

    batch: Batch
    base: str
    workspace: Path
    settings: CheckSettings
    facts: ProjectFacts
    project: ProjectConfig


class Agent(Protocol):
    """One kind of agent."""

    name: str

    def propose(self, request: Request) -> Patch:
        """Give the patch; no clock, no randomness, nothing read but the workspace."""
        ...
