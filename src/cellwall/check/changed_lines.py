"""Which lines changed since a revision, asked of git. Findings elsewhere are other people's."""

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from cellwall.check.finding import Finding
from cellwall.check.javascript.languages import LANGUAGES

_HUNK: Final = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")
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

    A file that was moved is changed where its text is.

    Raises:
        ValueError: git does not know the revision, or there is no repository.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise ValueError(f"--since {revision}: git knows no such revision in {root}")
    base = commit.decode().strip()
    diff = _git(
        root, "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames",
        "--relative", "--src-prefix=a/", "--dst-prefix=b/", base, "--", *_FILES,
    )  # fmt: skip
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *_FILES)
    if diff is None or untracked is None:
        raise ValueError(f"--since {revision}: git could not compare {root} with it")
    found: dict[str, Ranges] = dict(_ranges(diff))
    names = untracked.decode("utf-8", "surrogateescape").split("\0")
    return found | {name: EVERY_LINE for name in names if name}


def in_lines(findings: Iterable[Finding], changed: Mapping[str, Ranges]) -> tuple[Finding, ...]:
    """Give the findings that touch a changed line."""
    return tuple(
        finding
        for finding in findings
        if any(
            finding.line <= last and first <= finding.end_line
            for first, last in changed.get(finding.path, ())
        )
    )


def _ranges(diff: bytes) -> Iterable[tuple[str, Ranges]]:
    path, ranges = "", list[tuple[int, int]]()
    for line in diff.split(b"\n"):
        if line.startswith(b"diff --git "):
            if path:
                yield path, tuple(ranges)
            path, ranges = "", []
        elif line.startswith(b"+++ b/") and not path:
            path = line[6:].rstrip(b"\t").decode("utf-8", "surrogateescape")
        elif (match := _HUNK.match(line)) is not None:
            first, count = int(match[1]), int(match[2] or b"1")
            ranges.append((first, first + max(count, 1) - 1))
    if path:
        yield path, tuple(ranges)


def _git(root: Path, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run([*_GIT, *arguments], cwd=root, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
