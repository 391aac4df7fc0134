"""Which paths git ignores: `.gitignore` files of a tree, read folder by folder as the tree is walked.

Patterns become regular expressions by pathspec; here they are only joined, so that a path is matched once.
"""

import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, final

from cellwall.check.deferred_pattern import deferred

_MOST_STARS: Final = 8  # matching takes time to the power of the stars; nobody means such a pattern
_ANYWHERE: Final = "^(?:.+/)?"
_ONE: Final = deferred(r"\[[a-z]+\]|.")
_NAME: Final = r"(?:[A-Za-z0-9_.~+@$-]|\*(?!\*)|\[[a-z]+\])+"
_WORDS: Final = "[A-Za-z0-9_.~+@$-]++(?: ++[A-Za-z0-9_.~+@$-]++)*"
_LITERAL: Final = deferred(  # `**/` before a single name means what the name alone does
    rf"!?(?P<any>\*\*/)?(?P<star>\*)?(?(any)|(?(star)|(?P<top>/)?))"
    rf"(?P<text>{_WORDS}(?(any)|(?(star)|(?:/{_WORDS})*)))(?P<folder>/?)"
)
_PLAIN: Final = deferred(rf"(?P<no>!?)(?P<top>/?)(?P<path>{_NAME}(?:/{_NAME})*)(?P<folder>/?)")


class _Run(NamedTuple):
    """Patterns that follow each other and all ignore, or all do not; most need no regular expression.

    Attributes:
        names: names of files, or of folders with a slash behind.
        ends: what such names may end with.
        paths: whole paths, in the same way.
        below: folders, each with all that is in it.
        name, deep: the other patterns; for those of `deep` the whole path counts.
        known: what was found about names.
    """

    ignores: bool
    names: frozenset[str]
    ends: tuple[str, ...]
    paths: frozenset[str]
    below: tuple[str, ...]
    name: re.Pattern[str] | None
    deep: re.Pattern[str] | None
    known: dict[str, bool]

    def fits(self, path: str, name: str) -> bool:
        if (
            name in self.names
            or path in self.paths
            or name.endswith(self.ends)
            or path.startswith(self.below)
        ):
            return True
        return (self.name is not None and self._fits_by_name(name)) or bool(
            self.deep and self.deep.search(path)
        )

    def _fits_by_name(self, name: str) -> bool:
        known = self.known.get(name)
        if known is None:
            known = self.known[name] = bool(self.name and self.name.search(name))
        return known


@final
class IgnoreFile:
    """The patterns of one `.gitignore`, about paths below its folder."""

    def __init__(self, folder: str, text: bytes, *, above: str = "") -> None:
        """Take the folder, "" or ending with a slash, and the file's content; any content will do.

        Where the file lies above the tree's top, `above` is the way from its folder down to there.
        """
        self.folder = folder
        self.above = above
        with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of `[[` in a pattern
            self._runs = list(_runs(text.decode("utf-8", "surrogateescape").splitlines()))
        self._runs.reverse()

    def decides(self, path: str, *, is_folder: bool) -> bool | None:
        """Tell whether a path ("" for the tree's top) is ignored; None when no pattern is about it."""
        inner = self.above + path[len(self.folder) :] + ("/" if is_folder and path else "")
        name = inner[inner.rstrip("/").rfind("/") + 1 :]
        for run in self._runs:
            if run.fits(inner, name):
                return run.ignores
        return None


def is_ignored(files: Sequence[IgnoreFile], path: str, *, is_folder: bool) -> bool:
    """Tell whether a path is ignored by the files from the top to its folder; the lowest decides first."""
    for file in reversed(files):
        decided = file.decides(path, is_folder=is_folder)
        if decided is not None:
            return decided
    return False


def _runs(lines: Iterable[str]) -> Iterable[_Run]:
    together: list[str] = []
    ignores = True
    for line in lines:
        if line.count("*") > _MOST_STARS or not line or line.startswith("#"):
            continue
        include = not line.startswith("!")
        if include != ignores and together:
            yield _run(together, ignores=ignores)
            together = []
        ignores = include
        together.append(line)
    if together:
        yield _run(together, ignores=ignores)


def _run(lines: Iterable[str], *, ignores: bool) -> _Run:
    tables: dict[str, list[str]] = {"names": [], "ends": [], "paths": [], "below": []}
    names: list[str] = []
    deep: list[str] = []
    for line in lines:
        literal = _LITERAL.fullmatch(line)
        if literal is not None:
            _sort_in(literal, tables)
            continue
        pattern = _pattern(line)
        if pattern is not None:
            regex = pattern[1]
            if regex.startswith(_ANYWHERE) and "/" not in line.strip().rstrip("/").lstrip("!"):
                names.append("^" + regex.removeprefix(_ANYWHERE))  # of a name alone, nothing stands before it
            else:
                deep.append(regex)
    return _Run(
        ignores,
        frozenset(tables["names"]),
        tuple(tables["ends"]),
        frozenset(tables["paths"]),
        tuple(tables["below"]),
        _joined(names),
        _joined(deep),
        {},
    )


def _sort_in(literal: "re.Match[str]", tables: dict[str, list[str]]) -> None:
    """Put a pattern into the tables of what is compared; without a slash at its end it is about files too."""
    text = literal["text"]
    if literal["top"] or "/" in text:
        tables["below"].append(text + "/")
        tables["paths"] += [] if literal["folder"] else [text]
    else:
        table = tables["ends" if literal["star"] else "names"]
        table += [text + "/"] if literal["folder"] else [text, text + "/"]


def _pattern(line: str) -> tuple[bool, str] | None:
    """Give whether a line ignores, and its regular expression; None where it is no pattern."""
    return _plain(line) or _any(line)


def _plain(line: str) -> tuple[bool, str] | None:
    """Do what `_any` does for the usual lines, so that an editor need not wait for pathspec's import."""
    match = _PLAIN.fullmatch(line)
    if match is None or match["path"] == "*":
        return None
    anywhere = not match["top"] and "/" not in match["path"]
    parts = ("[^/]+" if part == "*" else _part(part) for part in match["path"].split("/"))
    end = "(?:/)" if match["folder"] else "(?:(?:/)|$)"
    return not match["no"], (_ANYWHERE if anywhere else "^") + "/".join(parts) + end


def _part(part: str) -> str:
    return "".join(
        one if one[0] == "[" else re.escape(one) if one != "*" else "[^/]*" for one in _ONE.findall(part)
    )


def _any(line: str) -> tuple[bool, str] | None:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        pattern = GitIgnoreSpecPattern(line)
    except (ValueError, re.error):
        return None  # git leaves a broken pattern out too
    if pattern.regex is None or pattern.include is None:
        return None
    return bool(pattern.include), str(pattern.regex.pattern).replace("?P<ps_d>", "?:")


def _joined(regexes: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{regex})" for regex in regexes)) if regexes else None
