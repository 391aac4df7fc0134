"""Rules about suppressions: they look at what the comments of a file did after all other rules ran."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from cellwall.check.commented import Commented
from cellwall.check.finding import Finding
from cellwall.check.rule import RuleContext
from cellwall.check.suppressions import Suppression


class SuppressionUse(NamedTuple):
    """What one comment did: the names that silenced nothing though their rule ran, or that no rule has."""

    suppression: Suppression
    unused: tuple[str, ...]
    unknown: tuple[str, ...]


@runtime_checkable
class SuppressionRule(Protocol):
    """A rule about suppressions; its `check` gives nothing."""

    def check_suppressions(
        self, file: Commented, uses: Sequence[SuppressionUse], context: RuleContext
    ) -> Iterable[Finding]:
        """Give the findings about the comments of one file."""
        ...
