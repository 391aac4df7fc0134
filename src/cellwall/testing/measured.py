"""Outcomes of target tests as data, read from the lines that the outcome plugin wrote; runs nothing."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, final

OUTCOMES: Final = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


@final
@dataclass(frozen=True, slots=True)
class AsMany:
    """How a test ran that was to run as many users: the plugin's verdict, its words, how many, how often.

    Attributes:
        schedules: how many the explorer tried; 0 where it was not asked.
        swept, points: how many of the places where a user can be cancelled were tried.
        not_covered: what the exploration left out, in sentences.
    """

    verdict: str
    text: str = ""
    users: int = 0
    runs: int = 0
    schedules: int = 0
    swept: int = 0
    points: int = 0
    not_covered: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test ended; `ran` is false when its body was never entered (a skip, an unused coroutine)."""

    node_id: str
    outcome: str  # one of OUTCOMES
    phase: str = "call"
    reason: str = ""
    ran: bool = True
    seconds: float = 0.0
    as_many: AsMany | None = None


@final
@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of one measurement.

    Attributes:
        by_id: node id, relative to the workspace, to outcome.
        collection_errors: path to reason, of files whose tests could not be collected.
        overridden: options of the target's own configuration that were overridden, with their file.
        coverage: percent of the statements of the application modules asked for; None: not measured.
        note: what kept the measurement from being whole, in words; empty when nothing did.
        complete: whether every collected test of every path has an outcome.
    """

    by_id: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    collection_errors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    overridden: tuple[str, ...] = ()
    coverage: float | None = None
    note: str = ""
    seconds: float = 0.0
    complete: bool = True

    @property
    def counts(self) -> dict[str, int]:
        """How many tests have each outcome; every outcome is a key."""
        found = Counter(outcome.outcome for outcome in self.by_id.values())
        return {name: found[name] for name in OUTCOMES}

    def ids(self, *outcomes: str) -> frozenset[str]:
        """Give the node ids with one of these outcomes."""
        return frozenset(key for key, value in self.by_id.items() if value.outcome in outcomes)


@final
@dataclass(slots=True)
class Session:
    """What one pytest process told before it ended, however it ended."""

    started: bool = False
    ended: bool = False
    refused: bool = False  # pytest ended with a usage or internal error (exit codes 4 and 3)
    collected: list[str] = field(default_factory=list)
    by_id: dict[str, Outcome] = field(default_factory=dict)
    collection_errors: dict[str, str] = field(default_factory=dict)
    running: str = ""  # the test that had begun and not ended
    internal_error: str = ""

    @property
    def missing(self) -> list[str]:
        """Tests that were collected and have no outcome."""
        return [node_id for node_id in self.collected if node_id not in self.by_id]


def read_session(lines: Iterable[str]) -> Session:
    """Fold the plugin's lines; a line that is cut or not the plugin's own is passed over."""
    session = Session()
    for line in lines:
        try:
            record = json.loads(line)
            _take(session, record)
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
    return session


def _take(session: Session, record: dict[str, Any]) -> None:
    match record["kind"]:
        case "start":
            session.started = True
        case "collect_error":
            session.collection_errors[str(record["path"])] = str(record["reason"])
        case "collected":
            session.collected = [str(node_id) for node_id in record["ids"]]
        case "begin":
            session.running = str(record["id"])
        case "test" if record["outcome"] in OUTCOMES:
            session.by_id[str(record["id"])] = _outcome(record)
            session.running = ""
        case "internal_error":
            session.internal_error = str(record["reason"])
        case "end":
            session.ended, session.refused = True, record["exit"] in (3, 4)


def _outcome(record: dict[str, Any]) -> Outcome:
    return Outcome(
        str(record["id"]),
        str(record["outcome"]),
        str(record["phase"]),
        str(record["reason"]),
        bool(record["ran"]),
        float(record["seconds"]),
        _as_many(record.get("as_many")),
    )


def _as_many(record: Any) -> AsMany | None:
    if not isinstance(record, dict):
        return None
    certificate = record.get("certificate")
    explored = certificate if isinstance(certificate, dict) else {}
    users, runs = _numbers(record, "users", "runs")
    schedules, swept, points = _numbers(explored, "runs", "swept", "points")
    left_out = explored.get("not_covered")
    sentences = tuple(str(each) for each in left_out) if isinstance(left_out, list) else ()
    told = str(record.get("verdict", "")), str(record.get("text", ""))
    return AsMany(*told, users, runs, schedules, swept, points, sentences)


def _numbers(record: dict[str, Any], *names: str) -> list[int]:
    return [value if type(value := record.get(name)) is int else 0 for name in names]
