"""Suppressions in scripts: `// cellwall: allow[rule-name] reason`, as Python's stand behind a `#`."""

from cellwall.check.javascript.script import Script
from cellwall.check.suppressions import MARK, Suppression, below_each_other, suppression_of


def suppressions_of(script: Script) -> tuple[Suppression, ...]:
    """Give the suppressions of a script, by line."""
    if MARK not in script.source:
        return ()
    found: list[Suppression] = []
    for comment in script.of("comment"):
        place = comment.range().start
        text = comment.text()
        line = script.text.splitlines()[place.line] if text.startswith("//") else ""
        alone = line.lstrip().startswith("//")
        one = suppression_of(place.line + 1, place.column, alone, "#" + text.removeprefix("//"))
        found += [one] if text.startswith("//") and one is not None else []
    return below_each_other(found)
