"""Finds the evaluators: every file in `evaluators/` that has an EVALUATOR; the folder is the registry."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from cellwall.migrate.criteria import evaluators
from cellwall.migrate.criteria.evaluator import Evaluator


@cache
def all_evaluators() -> tuple[Evaluator, ...]:
    """Give all evaluators, by the names of their files."""
    names = sorted(module.name for module in iter_modules(evaluators.__path__))
    return tuple(import_module(f"{evaluators.__name__}.{name}").EVALUATOR for name in names)
