# ruff: noqa: E501  # one line a replacement reads best
"""What migrations write passes: roles in their new spelling, contexts, async, new names, new tests."""

from collections.abc import Callable

import pytest

from cellwall.migrate.gates.gate import Verdict

PLANNER = '    agent = AgentRegistry.get_agent("planner")\n    result = agent.run("list", limit=5)\n'
CREATE = 'agent_instance_factory.create_agent("planner", user_context)'
IMPORTS = (
    "from shop.agents import AgentRegistry, ToolRegistry\n",
    "from cellwall import agent_instance_factory\nfrom shop.agents import AgentRegistry, ToolRegistry\n",
)
CONTEXT = '    user_context = UserExecutionContext.create_for_user("user-test-agent")\n'

# name, replacements
LEGITIMATE: list[tuple[str, list[tuple[str, str]]]] = [
    ("nothing", []),
    (
        "factory with a fixture",
        [
            IMPORTS,
            ("def test_agent():", "def test_agent(user_context):"),
            (PLANNER, PLANNER.replace('AgentRegistry.get_agent("planner")', CREATE)),
        ],
    ),
    (
        "factory with a context built in place",
        [
            ("def test_agent():\n", "def test_agent():\n" + CONTEXT),
            (PLANNER, PLANNER.replace('AgentRegistry.get_agent("planner")', CREATE)),
        ],
    ),
    (
        "context in the call",
        [
            (
                PLANNER,
                PLANNER.replace(
                    'AgentRegistry.get_agent("planner")',
                    'agent_instance_factory.create_agent("planner", UserExecutionContext.create_for_user("u-1"))',
                ),
            )
        ],
    ),
    (
        "context by keyword, over several lines",
        [
            ("def test_agent():\n", "def test_agent():\n" + CONTEXT),
            (
                PLANNER,
                '    agent = agent_instance_factory.create_agent(\n        "planner",\n        user_context,\n    )\n    result = agent.run("list", limit=5)\n',
            ),
        ],
    ),
    (
        "context for old calls too",
        [
            ("def test_agent():", "def test_agent(user_context):"),
            (PLANNER, f'    agent = {CREATE}\n    result = agent.run("list", user_context, limit=5)\n'),
        ],
    ),
    (
        "context by keyword for old calls",
        [
            ("def test_agent():", "def test_agent(user_context):"),
            (
                PLANNER,
                f'    agent = {CREATE}\n    result = agent.run("list", limit=5, context=user_context)\n',
            ),
        ],
    ),
    (
        "async test",
        [
            ("def test_agent():", "async def test_agent(user_context):"),
            (PLANNER, f'    agent = {CREATE}\n    result = await agent.run("list", limit=5)\n'),
        ],
    ),
    (
        "async test with a marker",
        [("def test_agent():", "@pytest.mark.asyncio\nasync def test_agent():")],
    ),
    (
        "local variable renamed",
        [
            ("def test_agent():", "def test_agent(user_context):"),
            (PLANNER, f'    planner = {CREATE}\n    answer = planner.run("list", limit=5)\n'),
            (
                '    assert result.owner == "ann"\n    assert result.items == [1, 2, 3]\n    assert result.ok is True\n',
                '    assert answer.owner == "ann"\n    assert answer.items == [1, 2, 3]\n    assert answer.ok is True\n',
            ),
        ],
    ),
    (
        "factory inside an expression",
        [
            ("def test_helper():", "def test_helper(user_context):"),
            ('AgentRegistry.get_agent("planner").run("list")\n    check', f'{CREATE}.run("list")\n    check'),
        ],
    ),
    (
        "pool instead of the manager",
        [
            ("    return WebSocketManager()", "    return WebSocketConnectionPool()"),
            ("from shop.sockets import WebSocketManager", "from cellwall import WebSocketConnectionPool"),
        ],
    ),
    (
        "pool yielded",
        [("    return WebSocketManager()", "    yield WebSocketConnectionPool()")],
    ),
    (
        "tool by its factory",
        [
            ("def test_mock():", "def test_mock(user_context):"),
            ('ToolRegistry.get_tool("mail")', 'tool_factory.create_tool("mail", user_context)'),
            ("AgentRegistry, ToolRegistry\n", "AgentRegistry\n"),
            ("import pytest\n", "import pytest\nfrom cellwall import tool_factory\n"),
        ],
    ),
    (
        "session per test",
        [
            ("        self.session = create_session()\n", ""),
            ("    def test_store(self):\n", "    async def test_store(self, user_context):\n"),
            (
                '        self.session.add("order")\n        assert self.session.count() == 1\n        assert self.orders == []\n',
                '        async with create_request_session(user_context) as session:\n            session.add("order")\n            assert session.count() == 1\n            assert self.orders == []\n',
            ),
            (
                "    def test_empty(self):\n        assert self.session.count() == 0",
                "    async def test_empty(self, user_context):\n        async with create_request_session(user_context) as session:\n            assert await session.count() == 0",
            ),
        ],
    ),
    (
        "session in setup by its role",
        [
            (
                "self.session = create_session()",
                "self.session = create_request_session(UserExecutionContext.create_for_user('u'))",
            )
        ],
    ),
    (
        "unittest by a context in place",
        [
            (
                'agent = AgentRegistry.get_agent("orders")',
                "user_context = UserExecutionContext.create_for_user('u')\n        agent = agent_instance_factory.create_agent('orders', user_context)",
            )
        ],
    ),
    ("imports sorted", [("import asyncio\nimport unittest\n", "import unittest\nimport asyncio\n")]),
    ("import removed", [("import asyncio\n", "")]),
    (
        "import of the context",
        [("import numpy as np", "import numpy as np\nfrom cellwall import UserExecutionContext")],
    ),
    (
        "local import of the context",
        [("def test_agent():\n", "def test_agent():\n    from cellwall import UserExecutionContext\n")],
    ),
    (
        "import in a block for types",
        [("RATE = 3\n", "from cellwall import UserExecutionContext\n\nRATE = 3\n")],
    ),
    (
        "comments and blank lines",
        [
            (
                "    assert result.ok is True",
                "\n    # the agent said yes\n    assert result.ok is True  # really",
            )
        ],
    ),
    ("docstring", [("def test_agent():\n", 'def test_agent():\n    """One user, one agent."""\n')]),
    (
        "quotes and parentheses",
        [
            (
                'assert result.owner == "ann"\n    assert result.items',
                "assert (result.owner == 'ann')\n    assert result.items",
            )
        ],
    ),
    (
        "annotations",
        [("def check_owner(result, owner):", "def check_owner(result: object, owner: str) -> None:")],
    ),
    (
        "assertion added",
        [("    assert result.ok is True", '    assert result.ok is True\n    assert agent.owner() == "ann"')],
    ),
    (
        "assertion first",
        [
            (
                '    assert result.owner == "ann"',
                '    assert agent is not None\n    assert result.owner == "ann"',
            )
        ],
    ),
    (
        "new test",
        [
            (
                "def test_agent():",
                "def test_two_users(user_context):\n    assert user_context\n\n\ndef test_agent():",
            )
        ],
    ),
    (
        "new method",
        [
            (
                "    def test_empty(self):",
                "    async def test_two(self):\n        assert 1\n\n    def test_empty(self):",
            )
        ],
    ),
    (
        "new skipped test",
        [("def test_agent():", "@pytest.mark.skip\ndef test_more():\n    pass\n\n\ndef test_agent():")],
    ),
    (
        "new class",
        [
            (
                "class TestOrders:",
                "class TestIsolation:\n    def test_x(self):\n        assert 1\n\n\nclass TestOrders:",
            )
        ],
    ),
    (
        "new fixture for the context",
        [
            (
                "def check_owner(",
                "@pytest.fixture\ndef user_context():\n    return UserExecutionContext.create_for_user('u')\n\n\ndef check_owner(",
            ),
            ("def test_agent():", "def test_agent(user_context):"),
        ],
    ),
    (
        "new fixture for the pool",
        [
            (
                "def check_owner(",
                "@pytest.fixture\ndef pool():\n    return WebSocketConnectionPool()\n\n\ndef check_owner(",
            ),
            ("def test_agent():", "def test_agent(pool):"),
        ],
    ),
    (
        "new helper",
        [("def check_owner(", "def two_users():\n    return ['ann', 'bob']\n\n\ndef check_owner(")],
    ),
    ("new constant", [("RATE = 3\n", 'RATE = 3\nUSERS = ("ann", "bob")\n')]),
    ("module marked async", [("RATE = 3\n", "RATE = 3\npytestmark = pytest.mark.asyncio\n")]),
    (
        "own helper async and awaited",
        [
            ("def check_owner(result, owner):", "async def check_owner(result, owner):"),
            ("def test_helper():", "async def test_helper():"),
            ('    check_owner(result, "ann")', '    await check_owner(result, "ann")'),
        ],
    ),
    (
        "finally",
        [
            (
                '    manager.connect("ann", "ws-1")\n    manager.send("ann", {"event": "hi"})\n',
                '    try:\n        manager.connect("ann", "ws-1")\n    finally:\n        pass\n    manager.send("ann", {"event": "hi"})\n',
            )
        ],
    ),
]


@pytest.mark.parametrize(("name", "replacements"), LEGITIMATE, ids=[one[0] for one in LEGITIMATE])
def test_a_migrated_test_passes(
    name: str,
    replacements: list[tuple[str, str]],
    legacy: str,
    changed: Callable[..., str],
    judge: Callable[..., Verdict],
) -> None:
    after = changed(replacements)
    compile(after, name, "exec")
    verdict = judge(legacy, after)
    assert verdict.passed, verdict.evidence
