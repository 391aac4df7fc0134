"""How the tests of the target's scripts run: `[tool.cellwall.scripts]`. Data only.

[tool.cellwall.scripts]
folder = "frontend"
command = ["npx", "jest", "--json", "--outputFile={report}", "{paths}"]
"""

from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from cellwall.project.table import Table

KEYS: Final = ("folder", "command")
PATHS: Final = "{paths}"
REPORT: Final = "{report}"


class ScriptsConfig(NamedTuple):
    """The runner of scripts' tests beside node's own.

    Attributes:
        command: a program and its arguments, no shell: the word `{paths}` becomes the files, `{report}` the
            file to which it writes a report in Jest's JSON. () for none.
        folder: where it starts, relative to the top; it is given files below it.
    """

    command: tuple[str, ...] = ()
    folder: str = ""

    def to_record(self) -> dict[str, Any]:
        """Give JSON values."""
        return self._asdict()


def read_scripts(table: Table) -> ScriptsConfig:
    """Read `[tool.cellwall.scripts]`.

    Raises:
        ConfigError: an unknown key, a folder outside, or a command that cannot do its work.
    """
    table.only(KEYS)
    command, folder = table.texts("command"), table.text("folder", "").strip("/")
    if ".." in PurePosixPath(folder).parts:
        table.fail(f"the folder {folder!r} leaves the repository", "folder")
    if command and (PATHS not in command or not any(REPORT in word for word in command)):
        what = f'must have the words "{PATHS}" and "{REPORT}": the files to run, where to report'
        table.fail(what, "command")
    return ScriptsConfig(command, folder)
