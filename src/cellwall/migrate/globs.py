"""Git-style globs of a plan's scopes: what they match and which of two is more specific. Reads no file.

As in git, a glob with a slash in its middle starts at the repository's top, one without matches at any depth,
`**/` stands for any folders, `*` stays inside one name, and a glob that names a folder reaches all below it.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

# A pattern's cost grows with the name's length to the power of its stars; these keep hostile globs harmless.
MAX_LENGTH: Final = 400
MAX_STARS_IN_A_NAME: Final = 4
MAX_DOUBLE_STARS: Final = 3
_WILDCARD = re.compile(r"\*+|\?|\[[^\]]*\]")


@dataclass(frozen=True)
class Glob:
    """One git-style glob, as the plan writes it.

    >>> Glob("tests/unit/**").matches("tests/unit/billing/test_invoice.py")
    True
    """

    text: str

    @cached_property
    def matches(self) -> Callable[[str], bool]:
        """Tells whether a path (relative to the repository, forward slashes) lies in the glob."""
        found = _compiled(self.text).match
        return lambda path: found(path) is not None

    @cached_property
    def specificity(self) -> tuple[int, int, int]:
        """How precisely the glob points; the greater tuple is the more specific glob.

        Whole names without wildcards count first, then the characters that are written out, then having
        fewer wildcards. A trailing `/**` or `/` says nothing: `tests`, `tests/` and `tests/**` are equal.
        """
        names = re.sub(r"(/\*\*)*/*$", "", self.text).strip("/").split("/")
        whole = sum(1 for name in names if not _WILDCARD.search(name))
        written = sum(len(_WILDCARD.sub("", name)) for name in names)
        return whole, written, -sum(len(_WILDCARD.findall(name)) for name in names)


def scope_problem(text: str) -> str | None:
    """Say why a text cannot be a scope of this repository, or give None when it can.

    >>> scope_problem("../other/**")
    'leaves the repository by ".."'
    """
    names = re.split(r"[/\\]", text)
    if ".." in names:
        return 'leaves the repository by ".."'
    if text.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:|\w+://", text):
        return "is an absolute path; a scope is relative to the repository"
    if text.startswith("!"):
        return "excludes files; a scope can only add them"
    return _cost_problem(text)


def _cost_problem(text: str) -> str | None:
    if len(text) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    if text.split("/").count("**") > MAX_DOUBLE_STARS:
        return f'has more than {MAX_DOUBLE_STARS} times "**"'
    if any(name != "**" and name.count("*") > MAX_STARS_IN_A_NAME for name in text.split("/")):
        return f'has more than {MAX_STARS_IN_A_NAME} times "*" in one name'
    try:
        _compiled(text)
    except (ValueError, re.error):
        return "is not a valid glob"
    return None


def _compiled(text: str) -> re.Pattern[str]:
    """Make the regular expression; raises ValueError or re.error when the text is no glob."""
    regex, _ = GitIgnoreBasicPattern.pattern_to_regex(_escaped(text))
    if not regex:
        raise ValueError("matches nothing")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about sets that mean something else to a later Python
        return re.compile(regex)


def _escaped(text: str) -> str:
    """Keep `#` and `!` at the start from meaning a comment or an exclusion, and drop a leading `./`."""
    text = re.sub(r"^(\./)+", "", text)
    return "\\" + text if text.startswith(("#", "!")) else text
