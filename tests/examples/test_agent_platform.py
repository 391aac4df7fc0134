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
    "in unittest's setUp": (
        f"{UNIT}/test_agent_contract.py",
        r"IsolatedAsyncioTestCase\):\n    def setUp.*\n.*get_agent",
    ),
    "cleared in unittest's tearDown": (
        f"{UNIT}/test_agent_contract.py",
        r"def tearDown\(self\):\n.*\.reset\(\)",
    ),
    "session in unittest's setUp": (
        f"{BACK_END}/database/test_archive_sessions.py",
        r"def setUp.*\n        self\.session = create_session",
    ),
    "manager in unittest's setUp": (
        f"{BACK_END}/websocket/test_manager_unittest.py",
        r"def setUp.*\n        self\.manager = get_websocket_manager",
    ),
    "in a parametrized fixture": (
        f"{UNIT}/test_every_agent.py",
        r"fixture\(params=.*\n.*\n.*get_agent\(request\.param\)",
    ),
    "in a fixture with indirect parameters": (
        f"{BACK_END}/tools/test_tool_fixtures.py",
        r"get_tool\(request\.param\)(.*\n)+.*indirect=True",
    ),
    "in a table of frozen rows": (
        f"{UNIT}/test_agent_tables.py",
        r"dataclass\(frozen=True\)(.*\n)+.*get_agent",
    ),
    "with an annotation": (f"{UNIT}/test_agent_tables.py", r"agent: BaseAgent = AgentRegistry"),
    "in a dict": (f"{UNIT}/test_agent_tables.py", r'\{"sort": AgentRegistry'),
    "by an assignment expression": (
        f"{UNIT}/test_agent_tables.py",
        r"if \(agent := AgentRegistry\.get_agent",
    ),
    "under two parametrizations": (
        f"{UNIT}/test_agent_tables.py",
        r"parametrize.*\n@pytest\.mark\.parametrize.*\ndef .*\n.*get_agent",
    ),
    "in a method of a base class": (
        f"{UNIT}/test_agent_base_class.py",
        r"class AgentTests(.*\n)+.*get_agent\(self\.name\)",
    ),
    "in a static method": (
        f"{UNIT}/test_agent_base_class.py",
        r"@staticmethod\n.*\n        return agent_registry",
    ),
    "in an async generator": (f"{UNIT}/test_agent_timing.py", r"get_agent(.*\n)+            yield"),
    "with a group of tasks": (
        f"{UNIT}/test_agent_timing.py",
        r"get_agent.*\n.*\n        async with asyncio\.TaskGroup",
    ),
    "in a class of a support module": (
        f"{UNIT}/desk.py",
        r"def __init__\(self\):\n        self\.agent = AgentRegistry",
    ),
    "dispatcher in a class of a support module": (f"{UNIT}/desk.py", r"self\.tools = ToolDispatcher\(\)"),
    "in a fixture that makes on demand": (
        f"{BACK_END}/agents/test_agent_factories.py",
        r"fixture\ndef make_agent(.*\n)+    def make\(.*\n.*get_agent",
    ),
    "in a context manager": (
        f"{BACK_END}/agents/test_agent_factories.py",
        r"@contextmanager\ndef .*\n.*get_agent",
    ),
    "imported inside the function": (
        f"{BACK_END}/agents/test_agent_logging.py",
        r"    from netra_backend\.agents\.registry import AgentRegistry\n\n    agent",
    ),
    "module imported inside the function": (
        f"{BACK_END}/agents/test_agent_logging.py",
        r"    import netra_backend\.agents\.registry as agents\n",
    ),
    "as an argument of a log call": (f"{BACK_END}/agents/test_agent_logging.py", r"log\.info\(.*get_agent\("),
    "dispatcher in an async generator fixture": (
        f"{BACK_END}/tools/test_tool_fixtures.py",
        r"async def .*\n    dispatcher = ToolDispatcher\(history_limit=5\)(.*\n)+    yield",
    ),
    "as an argument of a class of the module": (
        f"{BACK_END}/tools/test_calculations.py",
        r"Ledger\(tool_registry\.get_tool",
    ),
    "in a conditional expression": (f"{BACK_END}/tools/test_calculations.py", r"get_tool\(.*\) if not "),
    "session used beside a method that makes rows": (
        f"{BACK_END}/database/test_thread_search.py",
        r"create_session\(\)(.*\n)+    def rows",
    ),
    "session on self in a parametrized test": (
        f"{BACK_END}/database/test_thread_search.py",
        r"parametrize\(\"agent, expected\"(.*\n)+.*self\.session",
    ),
    "manager given to an async context manager": (
        f"{BACK_END}/websocket/test_tabs_of_one_user.py",
        r"@asynccontextmanager(.*\n)+    manager = WebSocketManager\(\)",
    ),
    "manager fed by an async generator": (
        f"{BACK_END}/websocket/test_progress_stream.py",
        r"sockets\.WebSocketManager\(\)(.*\n)+    async for",
    ),
    "manager in a tuple": (
        f"{BACK_END}/websocket/test_progress_stream.py",
        r"manager, queue = sockets\.get_websocket",
    ),
    "in a class that is an async context manager": (
        "analytics_service/tests/test_agent_costs.py",
        r"__aenter__(.*\n)+    async with Costs\(agent_registry\.get_agent",
    ),
    "beside a fixture that tracks steps": (
        "analytics_service/tests/test_conversion.py",
        r"def walk(.*\n)+    reply = await AgentRegistry",
    ),
    "in a test of tokens between services": (
        "auth_service/tests/test_service_tokens.py",
        r"refused:\n(.*\n)+.*get_agent",
    ),
    "after round trips over two WebSockets": (
        "tests/e2e/test_two_tabs.py",
        r"browser\(app, token, \"left\"\) as left, browser(.*\n)+.*get_agent",
    ),
    "beside the whole platform": (
        "tests/e2e/test_whole_platform.py",
        r"create_platform\(\)(.*\n)+.*get_agent",
    ),
    "held by a dataclass": ("tests/integration/test_support_desk.py", r"Station\(AgentRegistry\.get_agent"),
    "session and dispatcher on self": (
        "tests/integration/test_notebook_session.py",
        r"self\.session = create_session\(\)\n        self\.tools = ToolDispatcher",
    ),
    "a list of the module that one test fills": (
        f"{UNIT}/test_prompt_history.py",
        r"\nHEARD = \[\](.*\n)+    async def hear(.*\n)        HEARD\.append",
    ),
    "a dict of the module that one method fills": (
        f"{BACK_END}/tools/test_tool_ledger.py",
        r"\nBOOKED = \{(.*\n)+        BOOKED\[\"sum\"\] = (.*\n)+.*BOOKED\.setdefault",
    ),
    "a constant id by its place beside its context": (
        f"{BACK_END}/websocket/test_greetings.py",
        r"create_for_user\(\"greeted-guest\"(.*\n)+.*greet\(\"greeted-guest\", request",
    ),
    "a constant id by its name in a fixture": (
        "analytics_service/tests/test_visit_replay.py",
        r"fixture\ndef visit(.*\n)+.*by=guest, user_id=\"replayed-guest\"",
    ),
    "beside setup_class": (
        "tests/mission_critical/test_critical_sign_in.py",
        r"@classmethod\n    def setup_class(.*\n)+.*get_agent",
    ),
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
    reports = check_tree(tree, moved(tree), settings, collect_facts(tree, settings))
    kept = {report.path: [f for f in report.findings if f.suppressed is None] for report in reports}
    return {path: found for path, found in kept.items() if found}


def moved(tree: DirectorySourceTree) -> list[str]:
    """Give the paths that the plan is about: leaks that are planted on purpose are none of them."""
    return [path for path in tree.paths() if not path.startswith("planted_leaks/")]


def run_tests(root: Path) -> tuple[int, str]:
    """Give the number of tests that passed and the last line of the output."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
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


def test_it_is_large_enough_to_show_something() -> None:
    assert len(list(EXAMPLE.rglob("test_*.py"))) >= 60
    assert len(SHAPES) >= 56


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
    assert len(legacy) >= 48
    assert all(everything.match_file(path) for path in legacy), "every finding lies in a scope"
    assert {finding.rule for found in legacy.values() for finding in found} == {
        "global-registry-access",
        "dispatcher-without-context",
        "shared-session",
        "singleton-websocket-manager",
        "constant-user-id",
        "global-test-state",
    }


def test_no_finding_needs_a_human(legacy: dict[str, list[Finding]]) -> None:
    unfixable = [f for found in legacy.values() for f in found if f.fix is None]
    assert [f"{f.path}:{f.line} {f.rule}: {f.reason} {f.detail}" for f in unfixable] == []


def test_tests_pass_before_and_after_repair(tmp_path: Path) -> None:
    root = tmp_path / "agent_platform"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    before, _ = run_tests(root)
    assert before >= 290
    settings = CheckSettings.from_project(load_project(root))
    tree = DirectorySourceTree(root)
    for expected in (True, False):  # the second time there is nothing left to repair
        facts = collect_facts(tree, settings)
        fixed = {path: fix_source(path, tree.read(path), settings, facts).source for path in moved(tree)}
        changed = {path: source for path, source in fixed.items() if source != tree.read(path)}
        assert bool(changed) is expected, sorted(changed)
        for path, source in changed.items():
            (root / path).write_bytes(source)
    assert findings(root) == {}
    after, _ = run_tests(root)
    assert after == before
