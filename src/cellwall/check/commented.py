"""A file as its comments see it: what Python modules and scripts have in common. No comment is read here."""

from typing import Protocol

from cellwall.check.lines import LineIndex


class Commented(Protocol):
    """A parsed file in which suppressions may stand."""

    @property
    def path(self) -> str:
        """Its path, relative to the tree's top."""
        ...

    @property
    def source(self) -> bytes:
        """Its raw bytes."""
        ...

    @property
    def lines(self) -> LineIndex:
        """Where its lines begin."""
        ...
