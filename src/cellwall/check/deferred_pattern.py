"""Regular expressions that are compiled when they are first used.

The checker has two hundred, and most of them wait behind words that a file does not have: an editor that asks
for one file would wait for them all, and uses a sixth.
"""

import re
from typing import AnyStr, Final, cast, final

_METHODS: Final = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


@final
class DeferredPattern:
    """What stands for a pattern until one of its methods is called, and then hands it on."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        """Compile nothing yet; a pattern that is none is noticed at its first use."""
        self.pattern = pattern
        self.given_flags = flags

    def __getattr__(self, name: str) -> object:
        """Compile it, and keep its methods: from now on they are found without this one."""
        if name.startswith("_"):  # a copy, or whoever asks what this can do
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.given_flags)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)

    def __repr__(self) -> str:
        """Show it as a pattern shows itself."""
        return f"deferred({self.pattern!r})"


def deferred(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Give what behaves as `re.compile(pattern, flags)` does, and is compiled at its first use.

    The first use raises `re.error` where the pattern is none.
    """
    return cast("re.Pattern[AnyStr]", DeferredPattern(pattern, flags))
