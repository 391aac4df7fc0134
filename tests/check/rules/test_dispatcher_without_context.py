"""CW102 on the shapes that test suites really have: what is repaired, what is listed, what is nothing."""

from collections.abc import Callable
from textwrap import dedent
from types import MappingProxyType

import pytest

from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

Fix = Callable[..., FixResult]


def roles(**changes: object) -> Roles:
    """The default roles with another dispatcher: awaited, and taking the old arguments."""
    dispatcher = Role(
        "dispatcher",
        ("from app.tools import make_dispatcher",),
        "make_dispatcher({context}, {arguments})",
        awaited=True,
        replaces=("ToolDispatcher",),
    )
    changed = dispatcher._replace(**changes)  # type: ignore[arg-type]
    return Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "dispatcher": changed}))


REPAIRED = {
    "async test": (
        """
        from app.tools import ToolDispatcher

        async def test_run(user_context):
            dispatcher = ToolDispatcher()
        """,
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher

        async def test_run(user_context):
            dispatcher = await make_dispatcher(user_context)
        """,
    ),
    "sync test becomes async": (
        """
        from app.tools import ToolDispatcher

        class TestTools:
            def test_run(self):
                dispatcher = ToolDispatcher([1, 2])
                assert dispatcher.tools
        """,
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher
        from cellwall import UserExecutionContext

        class TestTools:
            async def test_run(self):
                user_context = UserExecutionContext.create_for_user("user-test-run")
                dispatcher = await make_dispatcher(user_context, [1, 2])
                assert dispatcher.tools
        """,
    ),
    "sync fixture becomes async": (
        """
        import pytest
        from app.tools import ToolDispatcher

        @pytest.fixture
        def dispatcher(llm):
            return ToolDispatcher(llm)

        def test_run(dispatcher):
            assert dispatcher.tools
        """,
        """
        import pytest
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher
        from cellwall import UserExecutionContext

        @pytest.fixture
        async def dispatcher(llm):
            user_context = UserExecutionContext.create_for_user("user-dispatcher")
            return await make_dispatcher(user_context, llm)

        def test_run(dispatcher):
            assert dispatcher.tools
        """,
    ),
    "argument of another call": (
        """
        from app.tools import ToolDispatcher

        async def test_run(user_context):
            agent = make(1, ToolDispatcher(), x=2)
        """,
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher

        async def test_run(user_context):
            agent = make(1, await make_dispatcher(user_context), x=2)
        """,
    ),
    "member at once": (
        """
        from app.tools import ToolDispatcher

        async def test_run(user_context):
            ToolDispatcher().tools
        """,
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher

        async def test_run(user_context):
            (await make_dispatcher(user_context)).tools
        """,
    ),
    "multi-line arguments keep their lines": (
        """
        from app.tools import ToolDispatcher

        async def test_run(user_context):
            dispatcher = ToolDispatcher(
                tools=[],  # none
                bridge=None,
            )
        """,
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher

        async def test_run(user_context):
            dispatcher = await make_dispatcher(user_context, tools=[],  # none
                bridge=None)
        """,
    ),
    "unittest's async test": (
        """
        import unittest
        from app.tools import ToolDispatcher

        class ToolTest(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                self.dispatcher = ToolDispatcher()
        """,
        """
        import unittest
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher
        from cellwall import UserExecutionContext

        class ToolTest(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                user_context = UserExecutionContext.create_for_user("user-asyncsetup")
                self.dispatcher = await make_dispatcher(user_context)
        """,
    ),
    "autouse fixture of a class": (
        """
        import pytest
        from app.tools import ToolDispatcher

        class TestTools:
            @pytest.fixture(autouse=True)
            def prepare(self):
                self.dispatcher = ToolDispatcher()
                yield
        """,
        """
        import pytest
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher
        from cellwall import UserExecutionContext

        class TestTools:
            @pytest.fixture(autouse=True)
            async def prepare(self):
                user_context = UserExecutionContext.create_for_user("user-prepare")
                self.dispatcher = await make_dispatcher(user_context)
                yield
        """,
    ),
    "patched test": (
        """
        from unittest.mock import patch
        from app.tools import ToolDispatcher

        @patch("app.clock.now")
        def test_run(now, user_context):
            ToolDispatcher()
        """,
        """
        from unittest.mock import patch
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher

        @patch("app.clock.now")
        async def test_run(now, user_context):
            await make_dispatcher(user_context)
        """,
    ),
    "nested function of an async test": (
        """
        from app.tools import ToolDispatcher

        async def test_run(user_context):
            async def one():
                return ToolDispatcher()
            await one()
        """,
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher

        async def test_run(user_context):
            async def one():
                return await make_dispatcher(user_context)
            await one()
        """,
    ),
    "star import": (
        """
        from app.tools import *

        async def test_run(user_context):
            ToolDispatcher()
        """,
        """
        from app.tools import *
        from app.tools import make_dispatcher

        async def test_run(user_context):
            await make_dispatcher(user_context)
        """,
    ),
    "tabs": (
        "\nfrom app.tools import ToolDispatcher\n\nasync def test_run():\n\tif 1:\n\t\tToolDispatcher()\n",
        "\nfrom app.tools import ToolDispatcher\nfrom app.tools import make_dispatcher\n"
        "from cellwall import UserExecutionContext\n\nasync def test_run():\n"
        '\tuser_context = UserExecutionContext.create_for_user("user-test-run")\n'
        "\tif 1:\n\t\tawait make_dispatcher(user_context)\n",
    ),
    "its own name for the context": (
        """
        from app.tools import ToolDispatcher
        from cellwall import UserExecutionContext

        async def test_run(ctx: UserExecutionContext):
            ToolDispatcher()
        """,
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher
        from cellwall import UserExecutionContext

        async def test_run(ctx: UserExecutionContext):
            await make_dispatcher(ctx)
        """,
    ),
}


@pytest.mark.parametrize("shape", REPAIRED)
def test_repairs(shape: str, fix: Fix) -> None:
    before, after = REPAIRED[shape]
    result = fix(before, roles=roles())
    assert result.source.decode() == dedent(after)
    assert not result.remaining


LISTED = {
    "plain unittest": (
        """
        import unittest
        from app.tools import ToolDispatcher

        class ToolTest(unittest.TestCase):
            def test_run(self):
                ToolDispatcher()
        """,
        Reason.SYNC_CALLER,
    ),
    "a helper": (
        """
        from app.tools import ToolDispatcher

        def make():
            return ToolDispatcher()
        """,
        Reason.SYNC_CALLER,
    ),
    "a test that runs its own loop": (
        """
        import asyncio
        from app.tools import ToolDispatcher

        def test_run():
            asyncio.run(ToolDispatcher().run())
        """,
        Reason.SYNC_CALLER,
    ),
    "a test that is called by its name": (
        """
        from app.tools import ToolDispatcher

        def test_run():
            ToolDispatcher()

        if __name__ == "__main__":
            test_run()
        """,
        Reason.SYNC_CALLER,
    ),
    "a fixture of the whole session": (
        """
        import pytest
        from app.tools import ToolDispatcher

        @pytest.fixture(scope="session")
        def dispatcher():
            return ToolDispatcher()
        """,
        Reason.SYNC_CALLER,
    ),
    "warned about": (
        """
        import pytest
        from app.tools import ToolDispatcher

        def test_run():
            with pytest.warns(DeprecationWarning):
                ToolDispatcher()
        """,
        Reason.ON_PURPOSE,
    ),
    "patched": (
        """
        def test_run(monkeypatch):
            monkeypatch.setattr("app.tools.ToolDispatcher", None)
        """,
        Reason.PATCH_STRING,
    ),
    "a double": (
        """
        class ToolDispatcher:
            pass

        async def test_run(user_context):
            ToolDispatcher()
        """,
        Reason.LOCAL_DOUBLE,
    ),
    "in a comprehension": (
        """
        from app.tools import ToolDispatcher

        async def test_run(user_context):
            [ToolDispatcher() for _ in range(3)]
        """,
        Reason.NO_CONTEXT,
    ),
}


@pytest.mark.parametrize("shape", LISTED)
def test_lists(shape: str, fix: Fix) -> None:
    source, reason = LISTED[shape]
    result = fix(source, roles=roles())
    assert result.source.decode() == dedent(source)
    assert [finding.reason for finding in result.remaining] == [reason]


def test_nothing_is_found_where_a_context_is_given(fix: Fix) -> None:
    source = """
        from app.tools import ToolDispatcher
        from cellwall import UserExecutionContext

        def test_run(options):
            someone = UserExecutionContext.create_for_user("u")
            ToolDispatcher(someone)
            ToolDispatcher([], user_context=None)
            ToolDispatcher(self.user_context)
            ToolDispatcher(**options)
        """
    assert fix(source, roles=roles()).remaining == ()


def test_a_missing_member_is_seen_through_names_self_and_fixtures(fix: Fix) -> None:
    members = ("tools", "run")
    shapes = (
        "    d = ToolDispatcher()\n    d.executor.go()\n",
        "    ToolDispatcher().executor\n",
        "    d: object = ToolDispatcher()\n    d.tools\n    d.executor = 1\n",
    )
    for body in shapes:
        source = f"from app.tools import ToolDispatcher\n\nasync def test_run(user_context):\n{body}"
        result = fix(source, roles=roles(members=members))
        assert [(f.reason, f.detail) for f in result.remaining] == [(Reason.MEMBER_MISSING, "executor")]
    kept = """
        from app.tools import ToolDispatcher

        class TestTools:
            async def prepare(self, user_context):
                self.dispatcher = ToolDispatcher()

            def test_run(self):
                self.dispatcher.executor.go()
        """
    assert fix(kept, roles=roles(members=members)).remaining[0].reason is Reason.MEMBER_MISSING
    injected = """
        import pytest
        from app.tools import ToolDispatcher

        @pytest.fixture
        def dispatcher():
            return ToolDispatcher()

        def test_run(dispatcher):
            dispatcher.executor.go()
        """
    assert fix(injected, roles=roles(members=members)).remaining[0].reason is Reason.MEMBER_MISSING


def test_a_name_that_means_another_object_later_is_no_use(fix: Fix) -> None:
    source = """
        from app.tools import ToolDispatcher

        async def test_run(user_context):
            d = ToolDispatcher()
            d.tools
            d = object()
            d.executor
        """
    assert len(fix(source, roles=roles(members=("tools",))).repaired) == 1


def test_members_that_became_coroutines_are_awaited(fix: Fix) -> None:
    source = """
        from app.tools import ToolDispatcher

        def test_run(user_context):
            d = ToolDispatcher()
            assert d.run("x") == 1
            assert d.run("x").value
            d.close()
        """
    result = fix(source, roles=roles(members=("close",), coroutines=("run",)))
    assert result.source.decode() == dedent(
        """
        from app.tools import ToolDispatcher
        from app.tools import make_dispatcher

        async def test_run(user_context):
            d = await make_dispatcher(user_context)
            assert await d.run("x") == 1
            assert (await d.run("x")).value
            d.close()
        """
    )


def test_tools_of_the_default_dispatcher_are_awaited(fix: Fix) -> None:
    source = """
        from app.tools import ToolDispatcher

        def test_run(user_context):
            dispatcher = ToolDispatcher()
            assert dispatcher.execute_tool("adder", {"numbers": [1]}) == 1
        """
    after = """
        from app.tools import ToolDispatcher
        from cellwall import ToolDispatcherFactory

        async def test_run(user_context):
            dispatcher = ToolDispatcherFactory.create_for_user(user_context)
            assert await dispatcher.execute_tool("adder", {"numbers": [1]}) == 1
        """
    result = fix(source)
    assert result.source.decode() == dedent(after)
    assert not result.remaining


def test_the_mark_is_added_where_the_module_uses_it(fix: Fix) -> None:
    source = """
        import pytest
        from app.tools import ToolDispatcher

        @pytest.mark.asyncio
        async def test_other():
            pass

        class TestTools:
            def test_run(self, user_context):
                ToolDispatcher()
        """
    result = fix(source, roles=roles(), async_tests=False)
    assert (
        dedent(
            """
        class TestTools:
            @pytest.mark.asyncio
            async def test_run(self, user_context):
                await make_dispatcher(user_context)
        """
        )
        in result.source.decode()
    )


def test_the_old_class_can_make_the_new_one(fix: Fix) -> None:
    source = """
        import app.tools as t

        async def test_run(user_context):
            t.ToolDispatcher()
        """
    made = roles(imports=(), create="{old}.for_user({context})")
    assert b"await t.ToolDispatcher.for_user(user_context)" in fix(source, roles=made).source


def test_without_a_role_everything_is_listed(fix: Fix) -> None:
    source = """
        from app.tools import ToolDispatcher

        def test_run():
            ToolDispatcher()
        """
    assert [f.reason for f in fix(source, roles=Roles()).remaining] == [Reason.NO_ROLE]


class TestOtherSpellings:
    """A role with two spellings: the first that fits a call is written."""

    SPELLED = roles(
        create="Own({context}, {arguments})",
        imports=("from app.tools import Own",),
        awaited=False,
        takes=("tools",),
        members=("run",),
        otherwise=(
            Role(
                "dispatcher",
                ("from app.tools import Bridged",),
                "Bridged({context}, {arguments})",
                in_loop=True,
                takes=("tools", "bridge"),
                members=("run", "wire"),
            ),
        ),
    )
    HEAD = "from app.tools import ToolDispatcher\n\n\n"

    @pytest.mark.parametrize(
        ("body", "after"),
        [
            ("ToolDispatcher()", "Own(user_context)"),
            ("ToolDispatcher(tools=[])", "Own(user_context, tools=[])"),
            ("ToolDispatcher(bridge=use)", "Bridged(user_context, bridge=use)"),
            ("ToolDispatcher().wire()", "Bridged(user_context).wire()"),
        ],
    )
    def test_the_first_that_fits(self, fix: Fix, body: str, after: str) -> None:
        source = f"{self.HEAD}async def test_it(use, user_context):\n    use({body})\n"
        result = fix(source, roles=self.SPELLED, rules=("CW102",))
        assert f"    use({after})\n" in result.source.decode()
        assert not result.remaining

    def test_a_loop_is_seen_to(self, fix: Fix) -> None:
        source = f"{self.HEAD}def test_it(use, user_context):\n    use(ToolDispatcher(bridge=1))\n"
        result = fix(source, roles=self.SPELLED, rules=("CW102",))
        assert b"async def test_it" in result.source
        helper = f"{self.HEAD}def make(use, user_context):\n    use(ToolDispatcher(bridge=1))\n"
        result = fix(helper, roles=self.SPELLED, rules=("CW102",))
        assert result.source.decode() == helper

    def test_none_that_fits(self, fix: Fix) -> None:
        source = f"{self.HEAD}async def test_it(use, user_context):\n    use(ToolDispatcher(other=1))\n"
        result = fix(source, roles=self.SPELLED, rules=("CW102",))
        assert [finding.reason for finding in result.remaining] == [Reason.ARGUMENTS]


FAR = {
    "returned in a tuple": """
        async def test_it(user_context):
            tool, dispatcher = opened(1)
            await dispatcher.{member}(tool)

        def opened(tool):
            dispatcher = ToolDispatcher()
            return tool, dispatcher
        """,
    "returned alone, by a method": """
        class TestIt:
            def opened(self):
                return ToolDispatcher()

            async def test_it(self):
                assert self.opened().{member}
        """,
    "handed to a helper": """
        async def test_it(user_context):
            check(ToolDispatcher())

        def check(dispatcher):
            assert dispatcher.{member}
        """,
    "handed to a helper by name": """
        class TestIt:
            def check(self, other, *, dispatcher):
                assert dispatcher.{member}

            async def test_it(self):
                dispatcher = ToolDispatcher()
                self.check(1, dispatcher=dispatcher)
        """,
}


@pytest.mark.parametrize("shape", FAR)
@pytest.mark.parametrize("member", ["run", "other"])
def test_members_are_asked_for_far_away_too(fix: Fix, shape: str, member: str) -> None:
    source = "from app.tools import ToolDispatcher\n\n\n" + dedent(FAR[shape].replace("{member}", member))
    spelled = roles(
        create="Own({context})", imports=("from app.tools import Own",), awaited=False, members=("run",)
    )
    result = fix(source, roles=spelled, rules=("CW102",))
    expected = [] if member == "run" else [Reason.MEMBER_MISSING]
    assert [finding.reason for finding in result.remaining] == expected
    assert ("Own(" in result.source.decode()) is (member == "run")


@pytest.mark.parametrize(
    ("body", "later"),
    [
        ("runs = [d.run(n) for n in (1, 2)]\n    await asyncio.gather(*runs)", True),
        ("await asyncio.gather(d.run(1), d.run(2))", True),
        ("await asyncio.gather(*[d.run(n) for n in (1, 2)])", True),
        ("task = asyncio.create_task(d.run(1))\n    await task", True),
        ("assert d.run(1)", False),
        ("use(d.run(1))", False),
    ],
)
def test_coroutines_that_run_together_are_not_awaited_before(fix: Fix, body: str, later: bool) -> None:
    source = (
        "import asyncio\nfrom app.tools import ToolDispatcher\n\n\n"
        f"async def test_it(use, user_context):\n    d = ToolDispatcher()\n    {body}\n"
    )
    spelled = roles(
        create="Own({context})",
        imports=("from app.tools import Own",),
        awaited=False,
        members=("run",),
        coroutines=("run",),
    )
    after = fix(source, roles=spelled, rules=("CW102",)).source.decode()
    assert "Own(user_context)" in after
    assert ("await d.run" in after) is not later


def test_one_that_an_application_keeps_is_listed(fix: Fix) -> None:
    source = (
        "from app.tools import ToolDispatcher\n\n\n"
        "async def test_it(app, user_context):\n    app.state.dispatcher = ToolDispatcher()\n"
    )
    result = fix(source, rules=("CW102",))
    assert [finding.reason for finding in result.remaining] == [Reason.ESCAPES]
    assert result.source.decode() == source
