"""Recognises what a sentence of a plan speaks of, by its words; knows no sentence of any plan."""

import re
from dataclasses import dataclass
from functools import lru_cache

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PERCENT = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s{0,3}%")


@lru_cache(maxsize=4096)
def spoken(text: str) -> str:
    """Give the words of a text in lower case, names split at their humps and also whole.

    Example: "WebSocketManager()" -> " web socket manager websocketmanager ".
    """
    whole = re.sub(r"[\W_]+", " ", text.casefold())
    split = re.sub(r"[\W_]+", " ", _HUMP.sub(" ", text).casefold())
    return f" {split} {whole} "


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sentence must speak of: of every group at least one beginning of words, of `never` none."""

    groups: tuple[tuple[str, ...], ...]
    never: tuple[str, ...] = ()

    def cover(self, text: str) -> bool:
        """Tell whether the text speaks of it."""
        words = spoken(text)
        named = (any(f" {start}" in words for start in group) for group in self.groups)
        return all(named) and not any(f" {start}" in words for start in self.never)


def percent(text: str, default: float) -> float:
    """Give the first percentage that the text names, else the default."""
    match = _PERCENT.search(text)
    return float(match[1]) if match else default
