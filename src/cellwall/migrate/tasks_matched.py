"""What a task of a plan is taken for: the capability, the words that told it, what it does. No I/O."""

from dataclasses import dataclass

from cellwall.migrate.capabilities.capability import Capability
from cellwall.migrate.capabilities.registry import match_task

NOBODY = "no capability covers this sentence; it needs an external agent or a human"


@dataclass(frozen=True, slots=True)
class TaskMatch:
    """What a sentence is taken for.

    Attributes:
        capability: its name, "" where nothing covers the sentence.
        words: the words of the sentence by which the capability was told, sorted.
        does: what the capability does, one sentence each.
    """

    capability: str
    words: tuple[str, ...]
    does: tuple[str, ...]


def task_match(sentence: str) -> TaskMatch:
    """Give what the sentence of a task is taken for.

    >>> task_match("Replace every WidgetRegistry.get_widget() by a factory").words
    ('registry',)
    """
    found = match_task(sentence)
    if found is None:
        return TaskMatch("", (), ())
    return TaskMatch(found.capability.name, found.words, tuple(_does(found.capability)))


def _does(capability: Capability) -> list[str]:
    done = []
    if capability.rules:
        done.append(f"repairs what {_listed(capability.rules)} {_finds(capability.rules)}")
    if capability.new_tests:
        about = {capability.new_tests.role, *capability.new_tests.roles.values()}
        done.append(f"writes tests for the {'role' if len(about) == 1 else 'roles'} {_listed(sorted(about))}")
    return done


def _finds(rules: tuple[str, ...]) -> str:
    return "finds" if len(rules) == 1 else "find"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
