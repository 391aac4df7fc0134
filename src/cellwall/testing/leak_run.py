"""What came of tests that ran while a role of the target leaked on purpose, read from the plugin's lines."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, final

from cellwall.testing.measured import Outcome

CONTROL: Final = ""  # the double that does not leak


@final
@dataclass(frozen=True, slots=True)
class Failure:
    """What a test failed by: "assertion", "refusal" (of the target) or "other"; `text` in words."""

    phase: str
    by: str
    text: str


@final
@dataclass(frozen=True, slots=True)
class LeakRun:
    """What came of one run.

    Attributes:
        not_made: why the double could not be put into the target; "" when it was.
        by_id: node id, relative to the workspace, to outcome.
        collection_errors: path to reason.
        failures: node id to what the test's body, or its set-up, failed by.
        note: what kept the run from being whole.
    """

    not_made: str = ""
    by_id: dict[str, Outcome] = field(default_factory=dict)
    collection_errors: dict[str, str] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    note: str = ""

    def noticed(self, node_id: str) -> str:
        """Give what the test noticed the leak by, in words; "" when it noticed none."""
        outcome, failure = self.by_id.get(node_id), self.failures.get(node_id)
        if outcome is None or failure is None or outcome.outcome != "failed" or failure.phase != "call":
            return ""
        return failure.text if failure.by in ("assertion", "refusal") else ""


def take(run: LeakRun, lines: Iterable[str]) -> list[str]:
    """Take over which tests failed by what; give why the double was not made."""
    made, reasons = False, []
    for line in lines:
        try:
            match json.loads(line):
                case {"kind": "made"}:
                    made = True
                case {"kind": "not_made", "why": str(why)}:
                    reasons.append(why)
                case {
                    "kind": "failure",
                    "id": str(node),
                    "phase": str(phase),
                    "by": str(by),
                    "text": str(text),
                }:
                    run.failures.setdefault(node, Failure(phase, by, text))
        except (ValueError, RecursionError):
            continue
    return reasons if made or reasons else ["the double's plugin told nothing"]
