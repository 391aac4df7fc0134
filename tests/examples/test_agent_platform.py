"""The bundled example: its tests pass as they stand and after repair, and it holds what it was made for."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pathspec import PathSpec

from cellwall.check.engine import check_tree
from cellwall.check.finding import Finding
from cellwall.check.fixer import fix_source
from cellwall.check.project_facts import collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import read_plan
from cellwall.project.config import load_project

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_platform"
PLAN = "PARALLEL_AGENT_TEST_UPDATE_PLAN.md"
UNIT, BACK_END = "netra_backend/tests/unit", "netra_backend/tests"

# Each shape in which the old way is used, with a file that has it and the text that shows it.
SHAPES = {
    "class call": (f"{UNIT}/test_triage_agent.py", r"= AgentRegistry\.get_agent\("),
    "call through an imported instance": (
        f"{BACK_END}/tools/test_tool_arguments.py",
        r"tool_registry\.get_tool",
    ),
    "call through an alias": (
        f"{UNIT}/test_agent_notes.py",
        r"AgentRegistry as Registry\n(.*\n)+.*Registry\.get",
    ),
    "call through a re-export": (
        f"{BACK_END}/agents/test_triage_queues.py",
        r"from netra_backend\.agents import AgentRegistry",
    ),
    "call through a module": (f"{BACK_END}/agents/test_agent_memory.py", r"agents\.AgentRegistry\.get_agent"),
    "in a fixture": (
        f"{UNIT}/test_summary_agent.py",
        r"@pytest\.fixture\ndef .*\n.*agent_registry\.get_agent",
    ),
    "in a conftest's generator fixture": ("tests/integration/conftest.py", r"get_agent(.*\n)+.*yield agent"),
    "in setup_method": (f"{UNIT}/test_cost_agent.py", r"def setup_method.*\n.*self\.agent = AgentRegistry"),
    "in a function of a support module": (f"{UNIT}/builders.py", r"return ToolRegistry\.get_tool"),
    "in a nested function": (
        "tests/integration/test_agent_tool_chain.py",
        r"\n    async def .*\n        .*get_agent",
    ),
    "in an async helper of the module": (
        "analytics_service/tests/test_usage_report.py",
        r"async def run_and_track.*\n.*get_agent",
    ),
    "in a parametrized test": (
        f"{BACK_END}/agents/test_triage_queues.py",
        r"parametrize.*\nasync def .*\n.*get_agent",
    ),
    "in a loop with a variable name": (
        "tests/mission_critical/test_critical_agent_path.py",
        r"for name.*\n.*\(name\)",
    ),
    "two calls in one statement": (f"{UNIT}/test_agent_notes.py", r"get_agent\(.*get_agent\("),
    "awaited in the same expression": (
        f"{UNIT}/test_calculator_tool.py",
        r"await ToolRegistry\.get_tool\(.*\)\.exec",
    ),
    "over several lines with a comment": (
        "frontend/tests/test_page_of_agent.py",
        r"AgentRegistry\n\s+\.get_agent\(.*\)  #",
    ),
    "tabs and CRLF": (f"{UNIT}/test_prompt_rules.py", r"\tagent = AgentRegistry.*# shared.*\r\n"),
    "session on self in setup_method": (
        f"{BACK_END}/database/test_thread_rows.py",
        r"self\.session = create_session",
    ),
    "session on self under another name": (
        f"{BACK_END}/database/test_messages.py",
        r"self\.db = create_session",
    ),
    "session used by a helper method": (
        "tests/integration/test_thread_lifecycle.py",
        r"def setup_method\(self, method\)(.*\n)+    async def open\(self, service\)",
    ),
    "manager at module level": (
        f"{BACK_END}/websocket/test_manager_delivery.py",
        r"\nmanager = WebSocketManager\(\)",
    ),
    "manager in a test": (f"{UNIT}/test_websocket_events.py", r"\n    manager = WebSocketManager\(\)"),
    "manager by accessor": ("tests/integration/test_notice_delivery.py", r"= get_websocket_manager\(\)"),
    "manager by accessor of a module": (
        "tests/integration/test_websocket_reconnect.py",
        r"ws\.get_websocket_manager\(\)",
    ),
    "manager in a generator fixture": (
        f"{UNIT}/services/test_notifications.py",
        r"WebSocketManager\(\)\n    yield",
    ),
    "manager in setup_method": (
        "tests/mission_critical/test_critical_notices.py",
        r"self\.manager = get_websocket",
    ),
    "manager passed on as an argument": (
        "tests/integration/test_notice_delivery.py",
        r"NotificationService\(get_websocket_manager\(\)\)",
    ),
    "dispatcher in a fixture": (
        f"{BACK_END}/tools/test_dispatcher.py",
        r"fixture\ndef .*\n    return ToolDispatcher",
    ),
    "dispatcher inline": (
        "tests/mission_critical/test_critical_tools.py",
        r"dispatcher = ToolDispatcher\(\)",
    ),
    "dispatcher with arguments": (
        f"{BACK_END}/tools/test_dispatcher_history.py",
        r"ToolDispatcher\(history_limit=3",
    ),
    "dispatcher over several lines": (f"{BACK_END}/tools/test_dispatcher_history.py", r"ToolDispatcher\(\n"),
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(EXAMPLE / PLAN)


@pytest.fixture(scope="module")
def legacy() -> dict[str, list[Finding]]:
    """The findings that nobody allowed, by file."""
    return findings(EXAMPLE)


def findings(root: Path) -> dict[str, list[Finding]]:
    settings = CheckSettings.from_project(load_project(root))
    tree = DirectorySourceTree(root)
    reports = check_tree(tree, tree.paths(), settings, collect_facts(tree, settings))
    kept = {report.path: [f for f in report.findings if f.suppressed is None] for report in reports}
    return {path: found for path, found in kept.items() if found}


def run_tests(root: Path) -> tuple[int, str]:
    """Give the number of tests that passed and the last line of the output."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    last = (done.stdout.strip().splitlines() or [done.stderr])[-1]
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.match(r"(\d+) passed in", last)
    assert passed, last
    return int(passed.group(1)), last


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_is_there(shape: str) -> None:
    path, text = SHAPES[shape]
    assert re.search(text, (EXAMPLE / path).read_bytes().decode()), f"{shape} is not in {path}"


def test_plan_has_the_parts_of_its_format(plan: Plan) -> None:
    assert (len(plan.agents), sum(len(agent.scope) for agent in plan.agents)) == (8, 14)
    assert sum(len(agent.tasks) for agent in plan.agents) == 32
    assert (len(plan.anti_patterns), len(plan.common_patterns)) == (3, 4)
    assert (len(plan.success_criteria), len(plan.success_metrics)) == (6, 5)
    assert (len(plan.validation_commands), len(plan.launch)) == (3, 2)


def test_old_tests_stand_in_every_scope(plan: Plan, legacy: dict[str, list[Finding]]) -> None:
    everything = PathSpec.from_lines("gitignore", [i.text for agent in plan.agents for i in agent.scope])
    for agent in plan.agents:
        for glob in agent.scope:
            assert list(PathSpec.from_lines("gitignore", [glob.text]).match_files(legacy)), glob.text
    assert len(legacy) >= 24
    assert all(everything.match_file(path) for path in legacy), "every finding lies in a scope"
    assert {finding.rule for found in legacy.values() for finding in found} == {
        "global-registry-access",
        "dispatcher-without-context",
        "shared-session",
        "singleton-websocket-manager",
    }


def test_no_finding_needs_a_human(legacy: dict[str, list[Finding]]) -> None:
    unfixable = [f for found in legacy.values() for f in found if f.fix is None]
    assert [f"{f.path}:{f.line} {f.rule}: {f.reason} {f.detail}" for f in unfixable] == []


def test_tests_pass_before_and_after_repair(tmp_path: Path) -> None:
    root = tmp_path / "agent_platform"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    before, _ = run_tests(root)
    assert before >= 150
    settings = CheckSettings.from_project(load_project(root))
    tree = DirectorySourceTree(root)
    for expected in (True, False):  # the second time there is nothing left to repair
        facts = collect_facts(tree, settings)
        fixed = {path: fix_source(path, tree.read(path), settings, facts).source for path in tree.paths()}
        changed = {path: source for path, source in fixed.items() if source != tree.read(path)}
        assert bool(changed) is expected, sorted(changed)
        for path, source in changed.items():
            (root / path).write_bytes(source)
    assert findings(root) == {}
    after, _ = run_tests(root)
    assert after == before
