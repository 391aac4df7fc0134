"""Whether changed scripts parse: by their grammar here, and by node where it is there. Runs no test."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cellwall.check.javascript.script import read_script
from cellwall.check.parse import ParseError
from cellwall.migrate.batch import FileChange
from cellwall.migrate.gates.gate import Subject
from cellwall.project.environment import Limits

# What node reads as it stands; TypeScript and JSX need a build.
_FOR_NODE: Final = (".js", ".mjs", ".cjs")
_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class ScriptSyntax:
    """What was found: objections, and how many scripts node checked (0 where it is not there)."""

    objections: tuple[str, ...]
    scripts: int
    by_node: int


def script_syntax(subject: Subject, changes: Sequence[FileChange]) -> ScriptSyntax:
    """Parse the changed scripts before and after; what did not parse before may not be edited."""
    objections = [one for change in changes for one in _by_grammar(change)]
    asked = [change for change in changes if change.path.endswith(_FOR_NODE) and change.after is not None]
    by_node = 0
    for change in [] if objections else asked:
        after = _node_says(subject, subject.patched_dir, change.path)
        if after is None:
            break  # no node here
        by_node += 1
        before = _node_says(subject, subject.base_dir, change.path) if after and change.before else ""
        if after and not before:
            objections.append(f"{change.path}: node no longer parses it: {after}")
    return ScriptSyntax(tuple(objections), len(changes), by_node)


def _by_grammar(change: FileChange) -> Iterator[str]:
    before, after = (
        read_script(change.path, source) if source is not None else None
        for source in (change.before, change.after)
    )
    if isinstance(before, ParseError):
        if change.before != change.after:
            yield f"{change.path}: did not parse before (line {before.line}), so it may not be edited"
    elif isinstance(after, ParseError):
        yield f"{change.path}: no longer parses (line {after.line}: {after.message})"


def _node_says(subject: Subject, workspace: Path, path: str) -> str | None:
    """Give what `node --check` objects to, "" for nothing, None where there is no node."""
    completed = subject.environment.run(
        ["node", "--check", f"./{path}"], cwd=workspace, limits=Limits(seconds=_SECONDS)
    )
    if completed.could_not_start:
        return None
    if completed.returncode == 0:
        return ""
    errors = [line for line in completed.stderr.splitlines() if "Error" in line]
    return (errors or [f"exit code {completed.returncode}"])[0][:300]
