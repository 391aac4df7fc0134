"""The events of a run that never was, built step by step: for tests of views and for pictures.

Journals of real runs come from the coordinator alone.
"""

from dataclasses import dataclass, field
from typing import Any, Final, final

from cellwall.migrate import events as e
from cellwall.migrate.state import State, fold

RULES: Final = {
    "global-registry-access": 5,
    "shared-session": 3,
    "singleton-websocket-manager": 2,
    "dispatcher-without-context": 2,
}
PLAN: Final[dict[str, Any]] = {
    "criteria": [
        {"text": "Every test module builds its own context", "line": 40},
        {"text": "Nothing calls the global registry any more", "line": 41},
        {"text": "The suite is green", "line": 42},
        {"text": "The coffee machine is cleaned", "line": 43},
    ],
    "metrics": [
        {"text": "No isolation violations", "line": 50},
        {"text": "Speed: under 3% overhead", "line": 51},
    ],
    "report_structure": [
        {"text": "# How it went", "line": 60},
        {"text": "## Numbers", "line": 61},
        {"text": "- Files Updated in Total: 9,999", "line": 62},
        {"text": "- Bad Patterns Removed: 8,888 places", "line": 63},
        {"text": "- Coverage of Code: 71% → 72%", "line": 64},
        {"text": "- Customer Happiness: 7,777", "line": 65},
        {"text": "## Isolation Results", "line": 66},
        {"text": "- Database Isolation: fine", "line": 67},
        {"text": "## Remaining Work", "line": 68},
        {"text": "- None, all went well", "line": 69},
    ],
    "dashboard": [
        {"text": "SHOP TESTS", "line": 70},
        {"text": "Agent 1 (Carts):  ████░ 80%", "line": 71},
        {"text": "All Files Changed: 10/20", "line": 72},
        {"text": "Tests Passing: 98%", "line": 73},
    ],
    "tasks": [{"agent": 1, "text": "Repair the carts", "line": 12, "capability": "apply-rules"}],
}


@final
@dataclass(slots=True)
class RunBuilder:
    """Appends events; every event takes one second of the run's clock. Every method gives the builder."""

    records: list[tuple[float, e.Event]] = field(default_factory=list)
    now: float = 1_000.0

    @property
    def state(self) -> State:
        """The state after the events so far."""
        return fold(self.records)

    def add(self, *events: e.Event, seconds: float = 1.0) -> "RunBuilder":
        """Append events."""
        for event in events:
            self.records.append((self.now, event))
            self.now += seconds
        return self

    def start(
        self, names: tuple[str, ...] = ("Carts and Baskets", "Checkout"), **changes: Any
    ) -> "RunBuilder":
        """Start a run with agents of these names; `changes` are other fields of the event."""
        agents = [{"number": i, "name": name, "files": 4} for i, name in enumerate(names, 1)]
        body: dict[str, Any] = {
            "run_id": "20250902-120000-abcd",
            "plan_path": "PLAN.md",
            "plan_digest": "d" * 64,
            "base": "b" * 40,
            "branch": "cellwall/20250902-120000-abcd",
            "options": {"agents": len(names)},
            "version": "0.1.0",
            "agents": agents,
            "plan": PLAN,
            "walls": ["secret-free environment", "process group"],
            "user_tree": "tree-fingerprint",
        }
        return self.add(e.RunStarted(**{**body, **changes}))

    def survey(self, findings: dict[str, int] | None = None, **changes: Any) -> "RunBuilder":
        """Survey eight files; `findings` per rule."""
        body: dict[str, Any] = {
            "files_in_scope": 8,
            "application_files": 1,
            "overlaps": [{"path": "tests/cart/test_ws.py", "agents": [1, 2], "owner": 1}],
            "orphans": ["misc/test_alone.py"],
            "empty_globs": [],
            "unparseable": [],
            "findings": RULES if findings is None else findings,
            "test_files": 8,
            "files_with_context": 0,
            "wants_context": 6,
        }
        return self.add(e.Surveyed(**{**body, **changes}))

    def plan(self, batch: str, agent: int, *paths: str) -> "RunBuilder":
        """Plan a batch."""
        return self.add(e.BatchPlanned(batch, agent, list(paths)))

    def propose(
        self, batch: str, agent: int, paths: list[str], *, needs_human: list[dict[str, Any]] | None = None
    ) -> "RunBuilder":
        """Lease a batch, start its agent and propose a patch with one repaired site a path."""
        repaired = [site(path, 3, pattern="agent factory") for path in paths]
        self.add(e.LeaseGranted(batch, 1, len(paths), self.now + 300), e.AgentStarted(batch, agent, 41))
        return self.add(e.PatchProposed(batch, agent, "f" * 64, paths, repaired, needs_human or [], 0.5))

    def judge(self, batch: str, passed: bool = True, figures: dict[str, Any] | None = None) -> "RunBuilder":
        """Judge a proposed batch by one gate."""
        self.add(e.JudgingStarted(batch, 42))
        return self.add(e.Judged(batch, "f" * 64, "tests", passed, "1 test ran", figures or {}, 0.2))

    def merge(
        self, batch: str, agent: int, paths: list[str], needs_human: list[dict[str, Any]] | None = None
    ) -> "RunBuilder":
        """Propose, judge and merge a batch whose tests were run."""
        self.propose(batch, agent, paths, needs_human=needs_human).judge(
            batch, figures={"before": {"passed": 4}, "after": {"passed": 5, "skipped": 1}, "new": []}
        )
        return self.add(e.BatchMerged(batch, agent, "c" * 40, paths))

    def write(
        self, batch: str, agent: int, writes: dict[str, str], *, gate: e.Judged | None = None
    ) -> "RunBuilder":
        """Plan, propose, judge and merge a batch of new test modules; `gate` is one more verdict."""
        self.add(e.BatchPlanned(batch, agent, sorted(writes), writes))
        self.propose(batch, agent, []).judge(batch)
        if gate:
            self.add(gate)
        return self.add(e.BatchMerged(batch, agent, "c" * 40, sorted(writes)))

    def refuse(self, batch: str, agent: int, paths: list[str], evidence: str = "lost") -> "RunBuilder":
        """Propose, judge and give up a batch."""
        self.propose(batch, agent, paths).judge(batch, passed=False)
        sites = [site(path, 3, reason="a gate refused the repair") for path in paths]
        return self.add(e.BatchRefused(batch, agent, "weakened", evidence, sites))

    def findings(self, findings: dict[str, int] | None = None, **changes: Any) -> "RunBuilder":
        """Measure the findings at the end: none, and the context everywhere."""
        body: dict[str, Any] = {"findings": findings or {}, "unparseable": []}
        body |= {"files_with_context": 6, "wants_context": 6, "rules": list(RULES)}
        return self.add(e.FindingsMeasured(**{**body, **changes}))

    def tests(self, when: str, counts: dict[str, int] | None = None, **changes: Any) -> "RunBuilder":
        """Measure the whole suite: all passed."""
        body: dict[str, Any] = {
            "when": when,
            "counts": {"passed": 20} if counts is None else counts,
            "failed": [],
            "regressions": [],
            "new": [],
            "lost": [],
            "seconds": 2.0,
            "overridden": [],
            "coverage": 81.0,
            "note": "",
        }
        return self.add(e.TestsMeasured(**{**body, **changes}))

    def finish(self) -> "RunBuilder":
        """Finish with the user's tree untouched."""
        return self.add(e.RunFinished("tree-fingerprint", "c" * 40))


def site(path: str, line: int, *, reason: str = "", pattern: str = "", detail: str = "") -> dict[str, Any]:
    """One place as events record it."""
    return {
        "path": path,
        "line": line,
        "rule": "global-registry-access",
        "code": "CW101",
        "reason": reason,
        "detail": detail,
        "pattern": pattern,
    }


def started() -> RunBuilder:
    """A run with two agents of two batches each, nothing done yet."""
    build = RunBuilder().start().survey()
    build.plan("a01-b000", 1, "tests/cart/test_a.py", "tests/cart/test_b.py")
    build.plan("a01-b001", 1, "tests/cart/test_ws.py")
    build.plan("a02-b000", 2, "tests/out/test_c.py", "tests/out/test_d.py")
    return build.plan("a02-b001", 2, "tests/out/test_e.py")


def halfway() -> RunBuilder:
    """Agent 1 is two thirds done, agent 2 has one batch refused and one at work."""
    build = started().merge("a01-b000", 1, ["tests/cart/test_a.py"])
    build.refuse("a02-b000", 2, ["tests/out/test_c.py"], "tests/out/test_c.py::test_c lost an assertion")
    return build.propose("a02-b001", 2, ["tests/out/test_e.py"])


def whole() -> RunBuilder:
    """A finished run, measured throughout, in which everything went well."""
    build = started().tests("before", {"passed": 18, "skipped": 1})
    build.merge("a01-b000", 1, ["tests/cart/test_a.py", "tests/cart/test_b.py"])
    build.merge("a01-b001", 1, ["tests/cart/test_ws.py"])
    build.merge("a02-b000", 2, ["tests/out/test_c.py", "tests/out/test_d.py"])
    build.merge("a02-b001", 2, ["tests/out/test_e.py", "tests/out/test_new.py"])
    build.tests(
        "after",
        {"passed": 20, "skipped": 1},
        coverage=83.5,
        new=["tests/out/test_new.py::test_concurrent_users", "tests/out/test_new.py::test_price"],
    )
    return build.findings().finish()
