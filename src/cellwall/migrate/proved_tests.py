"""The new tests that a gate saw fail where their role leaks, told from the journal alone. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cellwall.migrate.figures import merged
from cellwall.migrate.state import BatchState, State


@dataclass(frozen=True, slots=True)
class ProvedTest:
    """A merged test, the role whose leak it notices, and the agent in whose scope it stands."""

    test: str
    capability: str
    role: str
    agent: int


def proved_tests(state: State) -> list[ProvedTest]:
    """Give the proved tests of merged batches, in merge order."""
    return [proved for batch in merged(state) for proved in proved_in(batch)]


def proved_in(batch: BatchState) -> Iterator[ProvedTest]:
    """Give the proved tests of one batch; a test that two roles share stands there once for each."""
    for verdict in batch.verdicts.values():
        for each in verdict.figures.get("proved", ()):
            for module in batch.new_modules:
                if _is_of(each["test"], module):
                    yield ProvedTest(each["test"], module["capability"], module["role"], batch.agent)


def _is_of(test: str, module: dict[str, Any]) -> bool:
    path, _, name = test.partition("::")
    named = module.get("tests", ())
    return path == module["path"] and (not named or name.partition("[")[0] in named)
