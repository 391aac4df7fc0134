"""Which lines changed since a revision, asked of git. Findings elsewhere are other people's."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.finding import Finding
from cellwall.check.javascript.languages import LANGUAGES
from cellwall.check.output.printable import printable

_HUNK: Final = deferred(rb"^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE: Final = deferred(rb"\\([0-7]{3}|.)", re.S)
_ESCAPED: Final = MappingProxyType(
    {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
)
_GIT: Final = (
    "git",
    "-c",
    "core.quotepath=off",
    "-c",
    "diff.noprefix=false",
    "-c",
    "diff.mnemonicprefix=false",
)
_FILES: Final = ("*.py", *(f"*{ending}" for ending in LANGUAGES))
EVERY_LINE: Final = ((1, 1 << 60),)

Ranges = tuple[tuple[int, int], ...]


def changed_lines(root: Path, revision: str) -> dict[str, Ranges]:
    """Give first and last line of each change of each changed file; new files are changed whole.

    A file that was moved is changed where its text is. Where lines are only gone, the lines beside count.

    Raises:
        ValueError: git does not know the revision, there is no repository, or no git.
    """
    base = _commit(root, revision)
    diff = _git(
        root, "diff", "--unified=0", "--inter-hunk-context=0", "--text", "--no-color", "--no-ext-diff",
        "--no-textconv", "--find-renames", "--relative", "--src-prefix=a/", "--dst-prefix=b/", base, "--",
        *_FILES,
    )  # fmt: skip
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *_FILES)
    if diff is None or untracked is None:
        raise ValueError(f"--since {printable(revision)}: git could not compare {root} with it")
    found: dict[str, Ranges] = dict(_changes(diff))
    names = untracked.decode("utf-8", "surrogateescape").split("\0")
    return found | {name: EVERY_LINE for name in names if name}


def _commit(root: Path, revision: str) -> str:
    """Give the commit that a revision names."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", revision)
    commit = commit and _git(
        root, "rev-parse", "--verify", "--quiet", f"{commit.decode().strip()}^{{commit}}"
    )
    if commit:
        return commit.decode().strip()
    raise ValueError(f"--since {printable(revision)}: {_why_not(root)}")


def _why_not(root: Path) -> str:
    """Say why git does not know a revision, and what to try."""
    if _git(root, "--version") is None:
        return "needs git, which cannot be started; install it"
    shallow = _git(root, "rev-parse", "--is-shallow-repository")
    if shallow is None:
        return f"{root} is in no git repository that git reads"
    if shallow.strip() == b"true":
        return (
            "git knows no such revision in this shallow clone; fetch it, or all with `git fetch --unshallow`"
        )
    return f"git knows no such revision in {root}"


def in_lines(findings: Iterable[Finding], changed: Mapping[str, Ranges]) -> tuple[Finding, ...]:
    """Give the findings that touch a changed line."""
    return tuple(finding for finding in findings if touches(finding, changed.get(finding.path, ())))


def touches(finding: Finding, lines: Ranges) -> bool:
    """Tell whether a finding has one of the lines."""
    return any(finding.line <= last and first <= finding.end_line for first, last in lines)


def _changes(diff: bytes) -> Iterator[tuple[str, Ranges]]:
    """Give each file that a diff names as new, with its changed lines."""
    lines = iter(diff.split(b"\n"))
    path, changed = "", list[int]()
    for line in lines:
        if line.startswith(b"diff --git "):
            if path:
                yield path, _joined(changed)
            path, changed = "", []
        elif line.startswith(b"+++ "):
            path = _path(line[4:])
        elif (match := _HUNK.match(line)) is not None:
            changed += _hunk(lines, *(int(number or b"1") for number in match.groups()))
    if path:
        yield path, _joined(changed)


def _hunk(lines: Iterator[bytes], old: int, first: int, new: int) -> list[int]:
    """Give the lines that one hunk adds; where it adds none, those beside the place where lines are gone."""
    place = first if new else first + 1
    added, gone = list[int](), list[int]()
    while old > 0 or new > 0:
        mark = next(lines)[:1]
        if mark == b"\\":
            continue  # "No newline at end of file" is no line
        if mark == b"-":
            gone += [max(1, place - 1), place]
        elif mark == b"+":
            added.append(place)
        old -= mark != b"+"
        new -= mark != b"-"
        place += mark != b"-"
    return added or gone


def _joined(lines: Iterable[int]) -> Ranges:
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and line <= ranges[-1][1] + 1:
            ranges[-1] = ranges[-1][0], max(line, ranges[-1][1])
        else:
            ranges.append((line, line))
    return tuple(ranges)


def _path(shown: bytes) -> str:
    """Give the path that stands after `+++`, "" where the file is gone; git quotes some as C does."""
    name = shown.rstrip(b"\t")
    if name.startswith(b'"'):
        name = _ESCAPE.sub(_unescaped, name[1:-1])
    return name[2:].decode("utf-8", "surrogateescape") if name.startswith(b"b/") else ""


def _unescaped(match: re.Match[bytes]) -> bytes:
    escape = match[1]
    return bytes([int(escape, 8)]) if escape.isdigit() else _ESCAPED.get(escape, escape)


def _git(root: Path, *arguments: str) -> bytes | None:
    import subprocess  # most checks ask for no revision, and start faster

    try:
        done = subprocess.run([*_GIT, *arguments], cwd=root, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
