"""The survey: which files each agent owns. Decides from lists of paths; reads no file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Overlap:
    """A file that several scopes reach, and the agent that will own it."""

    path: str
    agents: tuple[int, ...]
    owner: int


@dataclass(frozen=True, slots=True)
class Survey:
    """Who owns what.

    Attributes:
        owned: agent number -> the test and test-support files it owns, sorted.
        application: agent number -> application files that its globs catch; edited only on request.
        overlaps: files in several scopes.
        orphans: test modules in no scope.
        empty_globs: (agent number, glob, line in the plan) of globs that match no file.
    """

    owned: dict[int, tuple[str, ...]]
    application: dict[int, tuple[str, ...]]
    overlaps: tuple[Overlap, ...]
    orphans: tuple[str, ...]
    empty_globs: tuple[tuple[int, str, int], ...]
