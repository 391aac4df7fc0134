"""Suppressions in scripts: `// cellwall: allow[rule-name] reason`, as Python's stand behind a `#`.

Between tags, where `//` is text, they stand in `{/* ... */}`.
"""

from cellwall.check.javascript.script import Script
from cellwall.check.suppressions import MARK, Suppression, below_each_other, suppression_of


def suppressions_of(script: Script) -> tuple[Suppression, ...]:
    """Give the suppressions of a script, by line."""
    if MARK not in script.source:
        return ()
    lines = script.text.split("\n")
    found: list[Suppression] = []
    for comment in script.of("comment"):
        text, place = comment.text(), comment.range().start
        said = text.removeprefix("//") if text.startswith("//") else text[2:-2].rstrip()
        alone = lines[place.line].strip() in (text, f"{{{text}}}")
        one = suppression_of(place.line + 1, place.column, alone, "#" + said) if "\n" not in text else None
        found += [one._replace(text=text)] if one is not None and one.column == place.column else []
    return below_each_other(found)
