"""Gives tests with constant ids of their user the id of the context that they have."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability, subjects

CAPABILITY: Final = Capability(
    name="own-context-ids",
    rules=("constant-user-id",),
    verbs=CHANGE | {"derive", "give"},
    subjects=subjects(
        "constant id",
        "constant email",
        "constant key",
        "constant user id",
        "fixed user id",
        "hard coded id",
        "hard coded email",
        "hard coded user id",
        "hardcoded id",
        "hardcoded email",
        "hardcoded user id",
        "literal id",
        "literal user id",
        "context own id",
    ),
)
