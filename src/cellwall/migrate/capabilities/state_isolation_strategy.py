"""Makes the isolation statements in docstrings of tests true: repeated ones are read off the tests again."""

from typing import Final

from cellwall.migrate.capabilities.capability import CHANGE, Capability, subjects

CAPABILITY: Final = Capability(
    name="state-isolation-strategy",
    rules=("isolation-statement",),
    verbs=CHANGE | {"correct", "describe", "document", "explain", "state"},
    subjects=subjects(
        "isolation strategy",
        "isolation docstring",
        "isolation statement",
        "strategy docstring",
    ),
)
