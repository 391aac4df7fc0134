"""Opens database sessions per request instead of keeping one on self, a class or a module."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability

CAPABILITY: Final = Capability(
    name="remove-shared-session",
    rules=("shared-session", "script-store-shared-by-tests"),
    verbs=CHANGE,
    subjects=tuple(
        frozenset(words.split())
        for words in ("shared session", "global session", "session request", "session per", "session scoped")
    ),
)
