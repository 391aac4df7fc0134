"""One changed script of a patch: read before and after, and compared."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import final

from cellwall.check.javascript.script import Script, read_script
from cellwall.check.parse import ParseError
from cellwall.migrate.batch import FileChange
from cellwall.migrate.gates.weakened.scripts.comparison import (
    compare_scripts,
    count_assertions,
    count_tests,
)
from cellwall.migrate.gates.weakened.weakening import Weakening


@final
@dataclass(slots=True)
class ChangedScripts:
    """What the scripts of a patch come to: how many, their tests and assertions, and what is weaker."""

    files: int = 0
    tests: list[int] = field(default_factory=lambda: [0, 0])
    assertions: list[int] = field(default_factory=lambda: [0, 0])

    def take(self, change: FileChange) -> Iterator[Weakening]:
        """Compare one script, and give what is weaker in it."""
        if change.after is None or change.before == change.after:
            return
        if is_configuration(change.path):
            yield Weakening(change.path, 1, "", "the test runner's configuration is changed")
            return
        sides = [read_script(change.path, source) for source in (change.before or b"", change.after)]
        before, after = sides
        if isinstance(before, Script) and isinstance(after, Script):
            self.files += 1
            for place, side in enumerate((before, after)):
                self.tests[place] += count_tests(side)
                self.assertions[place] += count_assertions(side)
            yield from compare_scripts(before, after)
            return
        error = next(
            (one for one in sides if isinstance(one, ParseError)), ParseError(1, "no person wrote it")
        )
        yield Weakening(
            change.path, error.line, "", f"cannot be compared, it does not parse here ({error.message})"
        )


def is_configuration(path: str) -> bool:
    """Tell whether a script configures a runner: its tests would not be what they were.

    >>> is_configuration("web/jest.config.js"), is_configuration("web/cart.test.js")
    (True, False)
    """
    name = PurePosixPath(path).name.lower()
    stem, *parts = name.split(".")
    return "config" in parts[:-1] or stem in ("setuptests", "jestsetup", "gruntfile", "gulpfile")
