"""Wraps attributes of other people's classes and modules, and puts them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

_OWN: Final = object()


def wrap(holder: Any, name: str, make: Callable[[Any], Any]) -> Callable[[], None]:
    """Replace `holder.name` by `make(original)`; gives the function that undoes it.

    What somebody else put over it meanwhile is left alone: then the wrapper stays below, and calls on.
    """
    own = vars(holder).get(name, _OWN)
    original = getattr(holder, name) if own is _OWN else own
    wrapper = make(original)
    setattr(holder, name, wrapper)

    def undo() -> None:
        if vars(holder).get(name) is not wrapper:
            return
        if own is _OWN:
            delattr(holder, name)
        else:
            setattr(holder, name, original)

    return undo


def undo_all(steps: list[Callable[[], None]]) -> Callable[[], None]:
    """Give one function that undoes all steps, the last first."""

    def undo() -> None:
        while steps:
            steps.pop()()

    return undo
