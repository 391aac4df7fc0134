"""What one file tells the rules about all others. No summary lives here, and none reads another file."""

from collections.abc import Mapping
from typing import ClassVar, Protocol, runtime_checkable

from cellwall.check.gate import Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.settings import CheckSettings

Json = Mapping[str, "Json"] | list["Json"] | str | int | float | bool | None


class FileSummary(Protocol):
    """Sums up one file in JSON values, as a function of this file alone: it is cached by the file's content.

    While a summary is made, `module.project` is empty. Rules read all summaries of a name with
    `context.project.summaries[name]`, by path; files of which nothing is said are left out.
    """

    name: ClassVar[str]

    def gate(self, settings: CheckSettings) -> Gate:
        """Tell which files have something to say, as a rule's gate does."""
        ...

    def summarise(self, module: ModuleFacts, settings: CheckSettings) -> Json:
        """Give what others must know; None for nothing."""
        ...


@runtime_checkable
class NeedsSummaries(Protocol):
    """A rule that knows other files by their summaries."""

    summaries: ClassVar[tuple[FileSummary, ...]]
