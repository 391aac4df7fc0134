"""Takes agents, tools and dispatchers from factories with a context, not from global registries."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability

CAPABILITY: Final = Capability(
    name="replace-registry-access",
    rules=("global-registry-access", "dispatcher-without-context"),
    verbs=CHANGE | {"fetch", "get", "obtain"},
    subjects=tuple(
        frozenset(words.split())
        for words in (
            "registry",
            "agent factory",
            "tool factory",
            "dispatcher factory",
            "dispatcher context",
        )
    ),
)
