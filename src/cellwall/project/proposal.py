"""A proposed role with the evidence for it. Data only."""

from dataclasses import dataclass

from cellwall.project.roles import Role


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something is proposed: what stands at a line of the code."""

    path: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class ProposedRole:
    """The candidate chosen for a role, and the others, each as evidence with the reason it was not chosen."""

    role: Role
    evidence: tuple[Evidence, ...]
    others: tuple[Evidence, ...] = ()
