"""Takes away what tests share: registries and dispatchers of all users, and objects of the module."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability, subjects

CAPABILITY: Final = Capability(
    name="remove-global-state",
    rules=(
        "global-registry-access",
        "dispatcher-without-context",
        "global-test-state",
        "script-state-shared-by-tests",
    ),
    verbs=CHANGE | {"avoid", "forbid", "get", "let", "make", "no"},
    subjects=subjects(
        "global state",
        "global variable",
        "module state",
        "module variable",
        "module level object",
        "state between test",
        "left by another test",
    ),
)
