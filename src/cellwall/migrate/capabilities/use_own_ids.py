"""Gives tests the ids of their own context instead of the written-out text from which it was made."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability, subjects

CAPABILITY: Final = Capability(
    name="use-own-ids",
    rules=("constant-user-id",),
    verbs=CHANGE | {"avoid", "each", "every", "give", "let", "no"},
    subjects=subjects(
        "context own id",
        "constant id",
        "constant user",
        "constant user id",
        "constant email context",
        "constant key context",
        "constant email",
        "constant key",
        "hard coded id",
        "hardcoded id",
        "hard coded user",
        "hardcoded user",
        "written out id",
    ),
)
