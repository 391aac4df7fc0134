"""The exit code of a run, from its state alone.

0  finished, every criterion met, no metric missed, and nothing left for people
1  finished with something remaining: a criterion not met or not measured, a metric missed, a site, file,
   batch or task left for people, or the user's tree not as it was
3  stopped or killed; can be resumed
(2, "cannot start", belongs to the command line: a run that cannot start has no state.)

A criterion that is not measured is not met, for "every criterion met" is a claim. A metric that is not
measured is not missed. A plan without criteria claims nothing, so what is left decides.
"""

from typing import Final

from cellwall.migrate.criteria.judge import judge_all
from cellwall.migrate.remaining import anything_left
from cellwall.migrate.state import State

DONE: Final = 0
REMAINING: Final = 1
RESUMABLE: Final = 3


def exit_code(state: State) -> int:
    """Give 0, 1 or 3."""
    if not state.finished:
        return RESUMABLE
    met = all(criterion.met for criterion in judge_all(state, "criteria"))
    missed = any(metric.met is False for metric in judge_all(state, "metrics"))
    clean = met and not missed and not anything_left(state) and user_tree_untouched(state)
    return DONE if clean else REMAINING


def user_tree_untouched(state: State) -> bool | None:
    """Tell whether the user's tree has the fingerprint it began with; None before the end."""
    if not state.started or not state.finished:
        return None
    return state.started.user_tree == state.finished.user_tree
