"""Which leaks there are, and planting those that are named."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from fastapi import FastAPI

from planted_leaks import leaks
from planted_leaks.leak import Leak

ALL = "all"


@cache
def known_leaks() -> dict[str, Leak]:
    """Give every leak by its name: the name of its file with dashes."""
    names = sorted(module.name for module in iter_modules(leaks.__path__))
    return {name.replace("_", "-"): import_module(f"{leaks.__name__}.{name}").LEAK for name in names}


def chosen(text: str) -> tuple[str, ...]:
    """Give the leaks that a list of names, separated by commas, asks for; `all` asks for every one.

    Raises:
        ValueError: a name that no leak has.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if ALL in names:
        return tuple(known_leaks())
    if unknown := sorted(set(names) - set(known_leaks())):
        raise ValueError(f"no such leak: {', '.join(unknown)}; there are {', '.join(known_leaks())}")
    return tuple(dict.fromkeys(names))


def plant(app: FastAPI, text: str, service: str = "backend") -> tuple[str, ...]:
    """Plant those of the named leaks that are this service's, and give their names.

    Raises:
        ValueError: a name that no leak has.
    """
    names = tuple(name for name in chosen(text) if known_leaks()[name].service == service)
    for name in names:
        known_leaks()[name].plant(app)
    return names
