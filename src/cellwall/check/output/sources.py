"""What formats may ask beside the report: a file's bytes as they are now, edits of a fix, the terminal."""

from collections.abc import Callable
from typing import NamedTuple

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.edit import Edit, Fix
from cellwall.check.output.terminal import Terminal
from cellwall.check.parse import ParseError


class Sources(NamedTuple):
    """Reads the files of a report; `read` raises OSError for one that is gone."""

    read: Callable[[str], bytes]
    project: ProjectFacts
    terminal: Terminal = Terminal()

    def edits(self, path: str, fix: Fix) -> tuple[bytes, tuple[Edit, ...]]:
        """Give a file's bytes and all edits of a fix in it, those for its imports too; none if it is gone."""
        try:
            source = self.read(path)
        except OSError:
            return b"", ()
        if not fix.imports:
            return source, fix.edits
        from cellwall.check.import_edits import import_edits
        from cellwall.check.module_facts import module_facts

        module = module_facts(path, source, self.project)
        added = () if isinstance(module, ParseError) else import_edits(module, fix.imports)
        return source, (*fix.edits, *added)
