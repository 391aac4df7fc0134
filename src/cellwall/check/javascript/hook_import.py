"""What lets a file call `beforeEach`: nothing where it is global, else one name more in an import."""

import re
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit
from cellwall.check.javascript.script import Script

_NODE: Final = deferred(r"""from\s+['"]node:test['"]|require\(\s*['"]node:test['"]\s*\)""")
_IMPORTED: Final = deferred(
    r"""import\s*\{[^}]*\b(it|test)\b[^}]*\}\s*from\s*['"](vitest|@jest/globals)['"]"""
)


def hook_import(script: Script, instead_of: str = "") -> tuple[Edit, ...] | None:
    """Give the edits after which `beforeEach` can be called, none where it is global or imported.

    A name that the file needs no more (`instead_of`, used once beside its import) gives its place. None where
    nobody can tell how it would be imported.
    """
    if re.search(r"\bbeforeEach\b", script.text):
        return ()
    if _NODE.search(script.text) is None:
        return None if _IMPORTED.search(script.text) or "@playwright/test" in script.text else ()
    for clause in script.of("named_imports"):
        statement = next((one for one in clause.ancestors() if one.kind() == "import_statement"), None)
        if statement is None or not _NODE.search(statement.text()):
            continue
        names = [one for one in clause.children() if one.kind() == "import_specifier"]
        old = next((one for one in names if one.text() == instead_of), None)
        uses = len(re.findall(rf"(?<![\w.$]){re.escape(instead_of)}\s*\(", script.text)) if instead_of else 0
        if old is not None and uses == 1:
            start, end = script.span(old)
            return (Edit(start, end, b"beforeEach"),)
        start, _ = script.span(clause)
        return (Edit(start + 1, start + 1, b" beforeEach,"),)
    return None
