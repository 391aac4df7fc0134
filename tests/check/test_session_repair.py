"""Sessions that classes and modules keep: what stands where after the repair."""

from collections.abc import Callable
from textwrap import dedent

from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason

Fix = Callable[..., FixResult]


def test_the_context_is_made_above_the_with_line(fix: Fix) -> None:
    result = fix(
        """
        from app.db import create_session
        from cellwall import UserExecutionContext

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self):
                self.session.add(1)
        """,
        rules=("CW103",),
    )
    assert result.source.decode().endswith(
        dedent("""
            async def test_add(self):
                user_context = UserExecutionContext.create_for_user("user-test-add")
                async with create_request_session(user_context) as session:
                    session.add(1)
        """).replace("\n", "\n    ")[:-4]
    )


def test_together_with_another_rule(fix: Fix) -> None:
    result = fix("""
        from app.agents import AgentRegistry
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self):
                agent = AgentRegistry.get_agent("x")
                self.session.add(agent)
                other = AgentRegistry.get_agent("y")
        """)
    assert not result.remaining
    assert result.source.count(b"create_for_user") == 1
    opened = b"        async with create_request_session(user_context) as session:\n"
    assert opened + b"            session.add(agent)\n" in result.source
    assert b'            other = agent_instance_factory.create_agent("y", user_context)\n' in result.source


def test_all_or_nothing(fix: Fix) -> None:
    source = """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context):
                self.session.add(1)

            async def test_more(self, user_context):
                self.rows = Rows(self.session)
        """
    result = fix(source, rules=("CW103",))
    assert result.source.decode() == dedent(source)
    assert [finding.reason for finding in result.remaining] == [Reason.ESCAPES]
