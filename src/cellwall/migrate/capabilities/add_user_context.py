"""Gives fixtures and tests that reach a role a user's context: what the repairs of these rules put in."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability

CAPABILITY: Final = Capability(
    name="add-user-context",
    rules=(
        "global-registry-access",
        "dispatcher-without-context",
        "shared-session",
        "missing-user-context",
        "constant-user-id",
        "script-user-shared-by-tests",
    ),
    verbs=CHANGE | {"add", "give", "introduce", "pass", "provide"},
    subjects=tuple(
        frozenset(words.split())
        for words in (
            "context fixture",
            "context test",
            "user context",
            "execution context",
        )
    ),
)
