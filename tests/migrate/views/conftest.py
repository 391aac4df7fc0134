"""Runs that mean harm: texts of plans, paths and evidence that try to steer whoever reads the report."""

from typing import Any

import pytest

from cellwall.migrate import events as e
from cellwall.migrate.fake_run import RunBuilder, site
from cellwall.migrate.state import State

EVIL = (
    "<script>alert(1)</script>|`x`\x1b[2J\u202e\n# Owned ![i](http://evil.example/a.png) \"'><img onerror=x>"
)


@pytest.fixture
def hostile() -> State:
    """A finished run in which every text is EVIL."""
    items: list[dict[str, Any]] = [{"text": EVIL, "line": 1}, {"text": f"- {EVIL}: {EVIL}", "line": 2}]
    plan = {"criteria": items, "metrics": items, "report_structure": items, "dashboard": items}
    tasks = [{"agent": 1, "text": EVIL, "line": 4, "capability": ""}]
    build = RunBuilder().start((EVIL,), plan={**plan, "tasks": tasks}, plan_path=EVIL, walls=[EVIL])
    build.survey(
        {EVIL: 2},
        orphans=[EVIL],
        overlaps=[{"path": EVIL, "agents": [1, 2], "owner": 1}],
        unparseable=[{"path": EVIL, "line": 1, "message": EVIL}],
        empty_globs=[{"agent": 1, "glob": EVIL, "line": 3}],
    )
    build.plan("a01-b000", 1, EVIL).plan("a01-b001", 1, "tests/b.py")
    sites = [site(EVIL, 7, reason=EVIL, detail=EVIL)]
    build.merge("a01-b000", 1, [EVIL], sites).refuse("a01-b001", 1, ["tests/b.py"], f"{EVIL}\n```\n{EVIL}")
    build.add(e.LeaseConflict("a01-b000", EVIL, EVIL, EVIL), e.Warned(EVIL))
    build.add(e.AgentFailed("a01-b000", 1, EVIL), e.CommandHandled(EVIL, False, None, EVIL))
    build.tests("after", {"passed": 1, EVIL: 1}, failed=[EVIL], new=[EVIL], lost=[EVIL], note=EVIL)
    return build.finish().state
