"""CW101 on the shapes that test suites really have: what is repaired, what is listed, what is nothing."""

from collections.abc import Callable
from textwrap import dedent
from types import MappingProxyType

import pytest

from cellwall.check.finding import Severity
from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Roles

Fix = Callable[..., FixResult]

AWAITED = Roles(
    MappingProxyType(
        {
            **DEFAULT_ROLES.by_name,
            "agent_factory": DEFAULT_ROLES.by_name["agent_factory"]._replace(
                imports=("from app.factory import make_agent",),
                create="make_agent({name}, {context})",
                awaited=True,
            ),
        }
    )
)

REPAIRED = {
    "class call": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            AgentRegistry.get_agent("x").run()
        """,
        """
        from app.agents import AgentRegistry
        from cellwall import agent_instance_factory

        def test_run(user_context):
            agent_instance_factory.create_agent("x", user_context).run()
        """,
    ),
    "context built in place": (
        '''
        from app.agents import AgentRegistry

        class TestAgents:
            def test_run(self):
                """Runs."""
                # the agent under test
                agent = AgentRegistry.get_agent("x")
                assert agent.run() == 1
        ''',
        '''
        from app.agents import AgentRegistry
        from cellwall import UserExecutionContext, agent_instance_factory

        class TestAgents:
            def test_run(self):
                """Runs."""
                user_context = UserExecutionContext.create_for_user("user-test-run")
                # the agent under test
                agent = agent_instance_factory.create_agent("x", user_context)
                assert agent.run() == 1
        ''',
    ),
    "fixture of the module is asked for": (
        """
        import pytest
        from app.agents import AgentRegistry
        from cellwall import UserExecutionContext

        @pytest.fixture
        def user_context():
            return UserExecutionContext.create_for_user("u")

        def test_run(client):
            AgentRegistry.get_agent("x").run(client)
        """,
        """
        import pytest
        from app.agents import AgentRegistry
        from cellwall import UserExecutionContext
        from cellwall import agent_instance_factory

        @pytest.fixture
        def user_context():
            return UserExecutionContext.create_for_user("u")

        def test_run(client, user_context):
            agent_instance_factory.create_agent("x", user_context).run(client)
        """,
    ),
    "alias and keyword": (
        """
        import app.agents as a

        def test_run(user_context):
            a.AgentRegistry.get_agent(name="x")
        """,
        """
        import app.agents as a
        from cellwall import agent_instance_factory

        def test_run(user_context):
            agent_instance_factory.create_agent("x", user_context)
        """,
    ),
    "local instance, two calls, one context": (
        """
        from app.agents import AgentRegistry
        def test_run(llm):
            agent_registry = AgentRegistry(llm)
            one = agent_registry.get_agent("x")
            two = agent_registry.get_agent('y')
        """,
        """
        from app.agents import AgentRegistry
        from cellwall import UserExecutionContext, agent_instance_factory
        def test_run(llm):
            user_context = UserExecutionContext.create_for_user("user-test-run")
            agent_registry = AgentRegistry(llm)
            one = agent_instance_factory.create_agent("x", user_context)
            two = agent_instance_factory.create_agent('y', user_context)
        """,
    ),
    "attribute of self": (
        """
        from app.agents import AgentRegistry

        class TestAgents:
            def setup_method(self):
                self.agent_registry = AgentRegistry()

            def test_run(self, user_context):
                self.agent_registry.get_agent("x")
        """,
        """
        from app.agents import AgentRegistry
        from cellwall import agent_instance_factory

        class TestAgents:
            def setup_method(self):
                self.agent_registry = AgentRegistry()

            def test_run(self, user_context):
                agent_instance_factory.create_agent("x", user_context)
        """,
    ),
    "fixture that gives an instance": (
        """
        import pytest
        from app.agents import AgentRegistry

        @pytest.fixture
        async def registry():
            made = AgentRegistry()
            yield made

        async def test_run(registry, user_context):
            agent = registry.get_agent("x")
        """,
        """
        import pytest
        from app.agents import AgentRegistry
        from cellwall import agent_instance_factory

        @pytest.fixture
        async def registry():
            made = AgentRegistry()
            yield made

        async def test_run(registry, user_context):
            agent = agent_instance_factory.create_agent("x", user_context)
        """,
    ),
    "annotated parameter": (
        """
        from typing import Optional
        from app.agents import AgentRegistry

        def check(registry: "Optional[AgentRegistry]", user_context):
            return 1

        def helper(registry: AgentRegistry | None, user_context):
            return registry.get_agent("x")
        """,
        """
        from typing import Optional
        from app.agents import AgentRegistry
        from cellwall import agent_instance_factory

        def check(registry: "Optional[AgentRegistry]", user_context):
            return 1

        def helper(registry: AgentRegistry | None, user_context):
            return agent_instance_factory.create_agent("x", user_context)
        """,
    ),
    "import with a fallback": (
        """
        try:
            from app.agents import AgentRegistry
        except ImportError:
            AgentRegistry = None

        def test_run(user_context):
            AgentRegistry.get_agent("x")
        """,
        """
        try:
            from app.agents import AgentRegistry
        except ImportError:
            AgentRegistry = None
        from cellwall import agent_instance_factory

        def test_run(user_context):
            agent_instance_factory.create_agent("x", user_context)
        """,
    ),
    "import inside the test": (
        """
        def test_run():
            from app.agents import AgentRegistry
            for name in ("x", "y"):
                AgentRegistry.get_agent(name).run()
        """,
        """
        from cellwall import UserExecutionContext, agent_instance_factory

        def test_run():
            from app.agents import AgentRegistry
            user_context = UserExecutionContext.create_for_user("user-test-run")
            for name in ("x", "y"):
                agent_instance_factory.create_agent(name, user_context).run()
        """,
    ),
    "tool registry, multi-line": (
        """
        from app.tools import ToolRegistry

        def test_run(user_context):
            result = ToolRegistry.get_tool(
                "calc",
            ).run(
                1,  # first
            )
        """,
        """
        from app.tools import ToolRegistry
        from cellwall import tool_factory

        def test_run(user_context):
            result = tool_factory.create_tool("calc", user_context).run(
                1,  # first
            )
        """,
    ),
    "singleton accessor": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            AgentRegistry.get_instance().get_agent("x")
        """,
        """
        from app.agents import AgentRegistry
        from cellwall import agent_instance_factory

        def test_run(user_context):
            agent_instance_factory.create_agent("x", user_context)
        """,
    ),
    "one line": (
        """
        from app.agents import AgentRegistry
        def test_run(): AgentRegistry.get_agent("x")
        """,
        """
        from app.agents import AgentRegistry
        from cellwall import UserExecutionContext, agent_instance_factory
        def test_run(): user_context = UserExecutionContext.create_for_user("user-test-run"); """
        """agent_instance_factory.create_agent("x", user_context)
        """,
    ),
    "a local import would hide the context's class": (
        """
        from app.agents import AgentRegistry

        def test_run():
            agent = AgentRegistry.get_agent("x")
            from other.place import UserExecutionContext
            UserExecutionContext()
        """,
        """
        from app.agents import AgentRegistry
        from cellwall import UserExecutionContext as RequestUserExecutionContext, agent_instance_factory

        def test_run():
            user_context = RequestUserExecutionContext.create_for_user("user-test-run")
            agent = agent_instance_factory.create_agent("x", user_context)
            from other.place import UserExecutionContext
            UserExecutionContext()
        """,
    ),
}


@pytest.mark.parametrize("shape", REPAIRED)
def test_repairs(shape: str, fix: Fix) -> None:
    before, after = REPAIRED[shape]
    result = fix(before)
    assert result.source.decode() == dedent(after)
    assert not result.remaining
    assert {finding.code for finding in result.repaired} == {"CW101"}


def test_a_test_becomes_async_where_the_replacement_is_awaited(fix: Fix) -> None:
    source = """
        from app.agents import AgentRegistry

        def test_run(user_context):
            assert AgentRegistry.get_agent("x").run() == 1
        """
    result = fix(source, roles=AWAITED)
    assert result.source.decode() == dedent(
        """
        from app.agents import AgentRegistry
        from app.factory import make_agent

        async def test_run(user_context):
            assert (await make_agent("x", user_context)).run() == 1
        """
    )


def test_an_awaited_call_keeps_its_one_await(fix: Fix) -> None:
    source = """
        from app.agents import AgentRegistry

        async def test_run(user_context):
            agent = await AgentRegistry.get_agent("x")
        """
    assert b'agent = await make_agent("x", user_context)' in fix(source, roles=AWAITED).source
    plain = fix(source).source
    assert b'agent = agent_instance_factory.create_agent("x", user_context)' in plain


def test_an_instance_imported_from_another_module_is_known_through_the_project(fix: Fix) -> None:
    files = {
        "app/agents/registry.py": "class AgentRegistry: ...\n",
        "app/agents/__init__.py": "from .registry import AgentRegistry\n\nshared = AgentRegistry()\n",
    }
    source = """
        from app.agents import shared

        def test_run(user_context):
            shared.get_agent("x")
        """
    assert b'create_agent("x", user_context)' in fix(source, files=files).source
    assert fix(source).repaired == ()


LISTED = {
    "passed as a string": (
        """
        from unittest.mock import patch

        def test_run():
            with patch("app.agents.AgentRegistry.get_agent"):
                pass
        """,
        Reason.PATCH_STRING,
    ),
    "expected to fail": (
        """
        import pytest
        from app.agents import AgentRegistry

        def test_run():
            with pytest.raises(RuntimeError):
                AgentRegistry.get_agent("x")
        """,
        Reason.ON_PURPOSE,
    ),
    "shown as bad": (
        """
        from app.agents import AgentRegistry

        class BadPatternExamples:
            def run(self):
                AgentRegistry.get_agent("x")
        """,
        Reason.ON_PURPOSE,
    ),
    "a double in the test": (
        """
        class AgentRegistry:
            @classmethod
            def get_agent(cls, name):
                return name

        def test_run():
            AgentRegistry.get_agent("x")
        """,
        Reason.LOCAL_DOUBLE,
    ),
    "at module level": (
        """
        from app.agents import AgentRegistry

        AGENT = AgentRegistry.get_agent("x")
        """,
        Reason.NO_CONTEXT,
    ),
    "in a lambda": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            return lambda: AgentRegistry.get_agent("x")
        """,
        Reason.NO_CONTEXT,
    ),
    "in a default value": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            def inner(agent=AgentRegistry.get_agent("x")):
                return agent
        """,
        Reason.NO_CONTEXT,
    ),
    "in a class body": (
        """
        from app.agents import AgentRegistry

        class TestAgents:
            agent = AgentRegistry.get_agent("x")
        """,
        Reason.NO_CONTEXT,
    ),
    "no name to see": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context, names):
            AgentRegistry.get_agent(*names)
        """,
        Reason.ARGUMENTS,
    ),
    "more arguments than the replacement takes": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            AgentRegistry.get_agent("x", fresh=True)
        """,
        Reason.ARGUMENTS,
    ),
    "the method passed on": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            return map(AgentRegistry.get_agent, "ab")
        """,
        Reason.UNKNOWN_SHAPE,
    ),
    "inside an f-string": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            return f"{AgentRegistry.get_agent('x')}"
        """,
        Reason.UNKNOWN_SHAPE,
    ),
    "a comment inside the call": (
        """
        from app.agents import AgentRegistry

        def test_run(user_context):
            AgentRegistry.get_agent(
                "x"  # the first one
            )
        """,
        Reason.UNKNOWN_SHAPE,
    ),
    "an object of unknown origin": (
        """
        def helper(agent_registry):
            return agent_registry.get_agent("x")
        """,
        Reason.ESCAPES,
    ),
}


@pytest.mark.parametrize("shape", LISTED)
def test_lists(shape: str, fix: Fix) -> None:
    source, reason = LISTED[shape]
    result = fix(source)
    assert result.source.decode() == dedent(source)
    assert [finding.reason for finding in result.remaining] == [reason]


def test_what_is_meant_is_a_warning_and_a_defect_an_error(fix: Fix) -> None:
    severities = {shape: fix(source).remaining[0].severity for shape, (source, _) in LISTED.items()}
    warnings = {shape for shape, severity in severities.items() if severity is Severity.WARNING}
    assert warnings == {"passed as a string", "expected to fail", "shown as bad", "a double in the test"}


def test_a_sync_caller_is_listed_where_nothing_runs_async_tests(fix: Fix) -> None:
    source = """
        from app.agents import AgentRegistry

        def test_run(user_context):
            AgentRegistry.get_agent("x")
        """
    result = fix(source, roles=AWAITED, async_tests=False)
    assert [finding.reason for finding in result.remaining] == [Reason.SYNC_CALLER]


def test_application_code_is_repaired_only_when_asked_for_and_with_a_context(fix: Fix) -> None:
    source = """
        from app.agents import AgentRegistry

        def handle(name, user_context):
            return AgentRegistry.get_agent(name)

        def other(name):
            return AgentRegistry.get_agent(name)
        """
    path = "app/handlers.py"
    closed = fix(source, path=path)
    assert [finding.reason for finding in closed.remaining] == [Reason.APPLICATION_FILE] * 2
    opened = fix(source, path=path, include_app=True)
    assert b"create_agent(name, user_context)" in opened.source
    assert [finding.reason for finding in opened.remaining] == [Reason.NO_CONTEXT]


NOTHING = {
    "a mock": """
        from unittest.mock import MagicMock

        class TestAgents:
            def setup_method(self):
                self.agent_registry = MagicMock()

            def test_run(self):
                self.agent_registry.get_agent("x")
        """,
    "a registry that the test fills": """
        import pytest
        from app.tools import ToolRegistry

        @pytest.fixture
        def registry():
            return ToolRegistry()

        def test_get(registry, tool):
            registry.register_tool(tool)
            assert registry.get_tool("x") is tool
        """,
    "a patched class": """
        from unittest.mock import patch

        def test_run():
            with patch("app.agents.factory") as agent_registry:
                agent_registry.get_agent("x")
        """,
    "another class's method": """
        from app.travel import Agency

        def test_run():
            Agency().get_agent("x")
        """,
    "a parameter that hides the class": """
        from app.agents import AgentRegistry

        def helper(AgentRegistry):
            return AgentRegistry.get_agent
        """,
}


@pytest.mark.parametrize("shape", NOTHING)
def test_finds_nothing(shape: str, fix: Fix) -> None:
    result = fix(NOTHING[shape])
    assert result.remaining == ()
    assert result.repaired == ()


@pytest.mark.parametrize("given", ["registry.set_channel(double)", "double(registry)", "pass"])
def test_a_registry_that_works_with_the_tests_own_things_stays(given: str, fix: Fix) -> None:
    source = (
        "from app.agents import AgentRegistry\n\n\ndef test_run(double, user_context):\n"
        f'    registry = AgentRegistry(1)\n    {given}\n    registry.get_agent("x").run()\n'
    )
    result = fix(source, rules=("CW101",))
    expected = [] if given == "pass" else [Reason.ESCAPES]
    assert [finding.reason for finding in result.remaining] == expected
    assert (b"create_agent" in result.source) is (given == "pass")
