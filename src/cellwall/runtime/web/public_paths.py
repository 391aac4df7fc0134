"""Which paths need no token: exact ones, and whole folders of them. Everything else does."""

from collections.abc import Iterable
from typing import Final, final


@final
class PublicPaths:
    """`"/health"` is that path alone; `"/static/"`, with the slash at its end, is everything below it.

    A path that could mean another one (`..`, an empty segment, a backslash, `%`, NUL) is in no folder.

    Raises:
        ValueError: a path that does not begin with a slash, or the folder `/`, which is everything.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        given = tuple(paths)
        if any(not path.startswith("/") for path in given):
            raise ValueError("public paths begin with a slash")
        if "/" in given:
            raise ValueError("the folder `/` is every path; leave the middleware out where nobody signs in")
        self.exact: Final = frozenset(given)
        self.folders: Final = tuple(path for path in given if path.endswith("/"))

    def __contains__(self, path: str) -> bool:
        if path in self.exact:
            return True
        return bool(self.folders) and path.startswith(self.folders) and _is_plain(path)


def _is_plain(path: str) -> bool:
    if "\\" in path or "\0" in path or "%" in path:
        return False
    segments = path.split("/")
    return not any(segment in (".", "..") for segment in segments) and "" not in segments[1:-1]
