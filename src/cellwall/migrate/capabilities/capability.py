"""What a built-in agent can do for a task of a plan, and how a task's sentence is matched with it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from cellwall.migrate.new_tests.spelling import Spelling


@dataclass(frozen=True, slots=True)
class NewTests:
    """Tests that a capability writes, one module for each agent that has its task.

    Attributes:
        title: the module's docstring, one sentence.
        role: the role whose leaky double every one of the tests must notice.
        write: gives the test functions as text, spelled for the target; raises UnspellableError.
        roles: test function -> its role, for those that are about another one than `role`.
    """

    title: str
    role: str
    write: Callable[[Spelling], str]
    roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Capability:
    """What a built-in agent can do.

    Attributes:
        name: stable; it stands in plans' lint output and in reports.
        rules: names of the checker's rules whose fixes it applies.
        verbs: what a sentence may ask for; its first word, or the first after another verb's "and".
        subjects: sets of words; all words of one set must stand in the sentence.
        new_tests: the tests that it writes, None where it only changes what is there.
    """

    name: str
    rules: tuple[str, ...]
    verbs: frozenset[str]
    subjects: tuple[frozenset[str], ...]
    new_tests: NewTests | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The capability that covers a task, and the words that it was told by, sorted."""

    capability: Capability
    words: tuple[str, ...]


# What a sentence asks for when it wants existing code changed; "verify" and "test" ask for something new.
CHANGE: Final = frozenset(
    {
        "change",
        "clear",
        "convert",
        "drop",
        "eliminate",
        "migrate",
        "move",
        "port",
        "refactor",
        "remove",
        "replace",
        "rewrite",
        "stop",
        "switch",
        "take",
        "update",
        "use",
    }
)

# What a sentence asks for when it wants tests that are not there yet.
NEW: Final = frozenset(
    {"add", "check", "cover", "create", "detect", "ensure", "prove", "simulate", "stress", "test", "validate",
     "verify", "write"}
)  # fmt: skip


def subjects(*phrases: str) -> tuple[frozenset[str], ...]:
    """Give a set of words for each phrase; plurals stand there without their "s"."""
    return tuple(frozenset(phrase.split()) for phrase in phrases)


def match(text: str, capabilities: Iterable[Capability]) -> Match | None:
    """Give the capability that covers the sentence best: the most words in common, then the first by name."""
    words = _words(text)
    found = [
        Match(capability, tuple(sorted(subject)))
        for capability in sorted(capabilities, key=lambda capability: capability.name)
        if not capability.verbs.isdisjoint(_asked(words))
        for subject in capability.subjects
        if subject.issubset(words)
    ]
    return max(found, key=lambda match: len(match.words), default=None)


def _words(text: str) -> list[str]:
    """Split a sentence and the identifiers in it into lower-case words without a plural "s".

    >>> _words("Replace all AgentRegistry.get_agent() calls")
    ['replace', 'all', 'agent', 'registry', 'get', 'agent', 'call']
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"web ?sockets?", "websocket", text, flags=re.I))
    words = re.findall(r"[a-z0-9]+", spaced.lower())
    return [re.sub(r"(?<=[^su])s$", "", re.sub(r"ies$", "y", word)) for word in words]


def _asked(words: list[str]) -> set[str]:
    """Give the sentence's verbs: its first word, and the words after "and" or "then"."""
    return {*words[:1], *(word for before, word in pairwise(words) if before in _LINKS)}


_LINKS: Final = frozenset({"and", "then", "must", "should"})
