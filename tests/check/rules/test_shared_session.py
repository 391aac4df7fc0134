"""CW103 on the shapes that test suites really have: what is repaired, what is listed, what is nothing."""

import ast
from collections.abc import Callable
from textwrap import dedent
from types import MappingProxyType

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.fixer import FixResult
from cellwall.check.gate import GatedSource
from cellwall.check.reason import Reason
from cellwall.check.rules.shared_session import SharedSession
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

Fix = Callable[..., FixResult]

SESSION = Role(
    "session",
    ("from app.db import request_session",),
    "request_session({context})",
    replaces=("create_session", "open_session"),
    members=("add", "add_all", "info"),
    coroutines=("commit", "execute", "scalar", "flush", "rollback", "close"),
)
ROLES = Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "session": SESSION}))

REPAIRED = {
    "opened by setup_method, closed by teardown_method": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()  # one for all
                self.title = "t"

            def teardown_method(self):
                self.session.close()

            async def test_add(self, user_context):
                self.session.add(self.title)
                await self.session.commit()
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:
            def setup_method(self):
                self.title = "t"

            def teardown_method(self):
                pass

            async def test_add(self, user_context):
                async with request_session(user_context) as session:
                    session.add(self.title)
                    await session.commit()
        """,
    ),
    "built by __init__ of an object with a request's method": (
        """
        from app.db import create_session

        class TestService:
            def __init__(self):
                self.session = create_session()

            async def handle_request(self, user_context):
                await self.session.execute("q")
                return 1
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestService:
            def __init__(self):
                pass

            async def handle_request(self, user_context):
                async with request_session(user_context) as session:
                    await session.execute("q")
                    return 1
        """,
    ),
    "what stands before the first use stays outside": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context):
                \"\"\"Rows are
                    kept.\"\"\"
                title = "t"

                # the first use
                self.session.add(title)

                assert title
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:
            def setup_method(self):
                pass

            async def test_add(self, user_context):
                \"\"\"Rows are
                    kept.\"\"\"
                title = "t"

                # the first use
                async with request_session(user_context) as session:
                    session.add(title)

                    assert title
        """,
    ),
    "strings over several lines keep their text": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_query(self, user_context):
                await self.session.execute(
                    \"\"\"
            select 1
                from t\"\"\",
                )
                text = f\"\"\"a
        b\"\"\"
                assert text
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:
            def setup_method(self):
                pass

            async def test_query(self, user_context):
                async with request_session(user_context) as session:
                    await session.execute(
                        \"\"\"
            select 1
                from t\"\"\",
                    )
                    text = f\"\"\"a
        b\"\"\"
                    assert text
        """,
    ),
    "a synchronous session and test": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.db = create_session()

            def test_query(self):
                self.db.add(1)
                self.db.commit()
                count = self.db.execute("q").rowcount
                assert self.db.scalar("q") == count
                self.db.close()
        """,
        """
        from app.db import create_session
        from app.db import request_session
        from cellwall import UserExecutionContext

        class TestRows:
            def setup_method(self):
                pass

            async def test_query(self):
                user_context = UserExecutionContext.create_for_user("user-test-query")
                async with request_session(user_context) as db:
                    db.add(1)
                    await db.commit()
                    count = (await db.execute("q")).rowcount
                    assert (await db.scalar("q")) == count
        """,
    ),
    "an attribute of the class": (
        """
        from app.db import create_session

        class TestRows:
            session = create_session()

            async def test_add(self, user_context):
                self.session.add(1)

            async def test_more(self, user_context):
                TestRows.session.add(2)
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:

            async def test_add(self, user_context):
                async with request_session(user_context) as session:
                    session.add(1)

            async def test_more(self, user_context):
                async with request_session(user_context) as session:
                    session.add(2)
        """,
    ),
    "by setup_class": (
        """
        from app.db import create_session

        class TestRows:
            @classmethod
            def setup_class(cls):
                cls.session = create_session()

            @classmethod
            def teardown_class(cls):
                if cls.session:
                    cls.session.rollback()
                    cls.session = None

            async def test_add(self, user_context):
                self.session.add(1)
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:
            @classmethod
            def setup_class(cls):
                pass

            @classmethod
            def teardown_class(cls):
                pass

            async def test_add(self, user_context):
                async with request_session(user_context) as session:
                    session.add(1)
        """,
    ),
    "a variable of the module": (
        """
        from app.db import create_session

        session = create_session()

        async def test_add(user_context):
            value = 1
            session.add(value)

        async def test_more(user_context):
            for value in (1, 2):
                session.add(value)
                await session.flush()
        """,
        """
        from app.db import create_session
        from app.db import request_session


        async def test_add(user_context):
            value = 1
            async with request_session(user_context) as session:
                session.add(value)

        async def test_more(user_context):
            async with request_session(user_context) as session:
                for value in (1, 2):
                    session.add(value)
                    await session.flush()
        """,
    ),
    "an autouse fixture that opens and closes": (
        """
        import pytest
        from app.db import open_session

        class TestRows:
            @pytest.fixture(autouse=True)
            async def opened(self):
                self.session = await open_session()
                yield
                await self.session.close()

            async def test_add(self, user_context):
                self.session.add(1)
        """,
        """
        import pytest
        from app.db import open_session
        from app.db import request_session

        class TestRows:
            @pytest.fixture(autouse=True)
            async def opened(self):
                yield

            async def test_add(self, user_context):
                async with request_session(user_context) as session:
                    session.add(1)
        """,
    ),
    "None first, opened later, passed on, used by an inner function": (
        """
        from app.db import create_session

        class TestRows:
            def __init__(self):
                self._session = None

            def open(self):
                self._session = create_session()

            async def run(self, user_context):
                service = Service(self._session)

                async def more():
                    await self._session.flush()

                await more()
                return service.done
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:
            def __init__(self):
                pass

            def open(self):
                pass

            async def run(self, user_context):
                async with request_session(user_context) as session:
                    service = Service(session)

                    async def more():
                        await session.flush()

                    await more()
                    return service.done
        """,
    ),
    "the name is taken": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context, session):
                self.session.add(session)
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:
            def setup_method(self):
                pass

            async def test_add(self, user_context, session):
                async with request_session(user_context) as own_session:
                    own_session.add(session)
        """,
    ),
    "tabs": (
        "\nfrom app.db import create_session\n\nclass TestRows:\n\tdef setup_method(self):\n"
        "\t\tself.session = create_session()\n\n\tasync def test_add(self, user_context):\n"
        "\t\tself.session.add(1)\n",
        "\nfrom app.db import create_session\nfrom app.db import request_session\n\nclass TestRows:\n"
        "\tdef setup_method(self):\n\t\tpass\n\n\tasync def test_add(self, user_context):\n"
        "\t\tasync with request_session(user_context) as session:\n\t\t\tsession.add(1)\n",
    ),
    "a fixture for a module that returns it": (
        """
        import pytest
        from app.db import create_session

        @pytest.fixture(scope="module")
        def session():
            \"\"\"One for all.\"\"\"
            return create_session()

        async def test_add(session):
            session.add(1)
        """,
        """
        import pytest
        from app.db import create_session
        from app.db import request_session
        from cellwall import UserExecutionContext

        @pytest.fixture
        async def session():
            \"\"\"One for all.\"\"\"
            user_context = UserExecutionContext.create_for_user("user-session")
            async with request_session(user_context) as session:
                yield session

        async def test_add(session):
            session.add(1)
        """,
    ),
    "a fixture for a class that closes it": (
        """
        import pytest
        from app.db import create_session

        @pytest.fixture(name="db", scope="class")
        def opened():
            db = create_session()
            try:
                yield db
            finally:
                db.close()

        def test_add(db):
            db.commit()
        """,
        """
        import pytest
        from app.db import create_session
        from app.db import request_session
        from cellwall import UserExecutionContext

        @pytest.fixture(name="db")
        async def opened():
            user_context = UserExecutionContext.create_for_user("user-opened")
            async with request_session(user_context) as db:
                try:
                    yield db
                finally:
                    pass

        async def test_add(db):
            await db.commit()
        """,
    ),
}

LISTED = {
    "a helper that others call": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def _insert(self):
                self.session.add(1)

            async def test_add(self, user_context):
                await self._insert()
        """,
        Reason.ESCAPES,
    ),
    "kept elsewhere": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()
                self.rows = Rows(self.session)

            async def test_add(self, user_context):
                self.rows.add(1)
        """,
        Reason.ESCAPES,
    ),
    "returned": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def opened(self):
                return self.session
        """,
        Reason.ESCAPES,
    ),
    "filled by the set-up": (
        """
        from app.db import create_session

        class TestRows:
            async def setup_method(self):
                self.session = create_session()
                self.session.add(1)

            async def test_add(self, user_context):
                self.session.add(2)
        """,
        Reason.ESCAPES,
    ),
    "subclasses": (
        """
        from app.db import create_session

        class TestBase:
            def setup_method(self):
                self.session = create_session()

        class TestRows(TestBase):
            async def test_add(self, user_context):
                self.session.add(2)
        """,
        Reason.ESCAPES,
    ),
    "used from outside": (
        """
        from app.db import create_session

        class Rows:
            def __init__(self):
                self.session = create_session()

        async def test_add(user_context):
            rows = Rows()
            rows.session.add(1)
        """,
        Reason.ESCAPES,
    ),
    "named in a string": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context):
                with patch.object(self, "session"):
                    self.session.add(1)
        """,
        Reason.ESCAPES,
    ),
    "a synchronous test that cannot be async": (
        """
        import unittest
        from app.db import create_session

        class RowTest(unittest.TestCase):
            def setUp(self):
                self.session = create_session()

            def test_add(self):
                self.session.add(1)
        """,
        Reason.UNITTEST,
    ),
    "a synchronous method": (
        """
        from app.db import create_session

        class Rows:
            def __init__(self):
                self.session = create_session()

            def add(self, user_context):
                self.session.add(1)
        """,
        Reason.SYNC_CALLER,
    ),
    "a member that the other lacks": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context):
                self.session.bulk_save_objects([])
        """,
        Reason.MEMBER_MISSING,
    ),
    "arguments": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session(echo=True)

            async def test_add(self, user_context):
                self.session.add(1)
        """,
        Reason.ARGUMENTS,
    ),
    "several ways": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self, session):
                self.session = create_session()

            async def test_add(self, user_context, other):
                self.session = other
                self.session.add(1)
        """,
        Reason.UNKNOWN_SHAPE,
    ),
    "two on one line": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.one = 1; self.session = create_session()

            async def test_add(self, user_context):
                self.session.add(1)
        """,
        Reason.UNKNOWN_SHAPE,
    ),
    "a body on the line of its def": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context): self.session.add(1)
        """,
        Reason.UNKNOWN_SHAPE,
    ),
    "inside an f-string": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context):
                print(f"{self.session}")
        """,
        Reason.UNKNOWN_SHAPE,
    ),
    "SQLAlchemy's own, by no role": (
        """
        from sqlalchemy.orm import sessionmaker

        Opened = sessionmaker()

        class TestRows:
            def setup_method(self):
                self.session = Opened()

            async def test_add(self, user_context):
                self.session.add(1)
        """,
        Reason.NO_ROLE,
    ),
    "on purpose": (
        """
        from app.db import create_session

        class BadPattern:
            def __init__(self):
                self.session = create_session()
        """,
        Reason.ON_PURPOSE,
    ),
    "a function of the test's own": (
        """
        def create_session():
            return object()

        class TestRows:
            def setup_method(self):
                self.session = create_session()
        """,
        Reason.LOCAL_DOUBLE,
    ),
    "a fixture that fills it": (
        """
        import pytest
        from app.db import create_session

        @pytest.fixture(scope="module")
        def session():
            session = create_session()
            rows = load(session)
            return rows

        async def test_add(session):
            session.add(1)
        """,
        None,
    ),
    "a fixture that a wider one asks for": (
        """
        import pytest
        from app.db import create_session

        @pytest.fixture(scope="session")
        def session():
            return create_session()

        @pytest.fixture(scope="module")
        def rows(session):
            return [session]

        async def test_add(rows):
            assert rows
        """,
        Reason.ESCAPES,
    ),
    "a module that others import": (
        """
        from app.db import create_session

        session = create_session()

        def rows():
            return session.execute("q")
        """,
        Reason.ESCAPES,
    ),
}

NOTHING = {
    "given in": """
        class TestRows:
            def __init__(self, session):
                self.session = session
        """,
    "an HTTP client's": """
        import aiohttp, requests

        class TestRows:
            def setup_method(self):
                self.session = aiohttp.ClientSession()
                self.other = requests.Session()
        """,
    "a mock": """
        from unittest.mock import AsyncMock
        from sqlalchemy.ext.asyncio import AsyncSession

        class TestRows:
            def setup_method(self):
                self.session = AsyncMock(spec=AsyncSession)
        """,
    "a variable of the test": """
        from app.db import create_session

        async def test_add():
            session = create_session()
            session.add(1)
        """,
    "a fixture for each test": """
        import pytest
        from app.db import create_session

        @pytest.fixture
        def session():
            session = create_session()
            yield session
            session.close()
        """,
    "a factory that is kept": """
        from sqlalchemy.orm import sessionmaker

        class TestRows:
            def setup_method(self):
                self.sessions = sessionmaker()
        """,
}


@pytest.mark.parametrize("shape", REPAIRED)
def test_a_session_for_each_request(fix: Fix, shape: str) -> None:
    before, after = REPAIRED[shape]
    result = fix(before, roles=ROLES, rules=("CW103",))
    assert result.source.decode() == dedent(after)
    assert {finding.code for finding in result.repaired} == {"CW103"}
    assert not result.remaining


@pytest.mark.parametrize("shape", LISTED)
def test_listed_with_its_reason(fix: Fix, shape: str) -> None:
    before, reason = LISTED[shape]
    path = "tests/rows.py" if shape == "a module that others import" else "tests/test_rows.py"
    result = fix(before, path=path, roles=ROLES, rules=("CW103",))
    assert result.source.decode() == dedent(before)
    assert [finding.reason for finding in result.remaining] == ([reason] if reason else [])


@pytest.mark.parametrize("shape", NOTHING)
def test_no_finding(fix: Fix, shape: str) -> None:
    result = fix(NOTHING[shape], roles=ROLES, rules=("CW103",))
    assert not result.remaining
    assert not result.repaired


@pytest.mark.parametrize("shape", REPAIRED)
def test_windows_newlines_stay(fix: Fix, shape: str) -> None:
    before, after = (dedent(text).replace("\n", "\r\n") for text in REPAIRED[shape])
    assert fix(before, roles=ROLES, rules=("CW103",)).source.decode() == after


def test_no_async_tests_no_repair(fix: Fix) -> None:
    before = REPAIRED["a synchronous session and test"][0]
    result = fix(before, roles=ROLES, rules=("CW103",), async_tests=False)
    assert [finding.reason for finding in result.remaining] == [Reason.SYNC_CALLER]


def test_an_awaited_role_is_awaited(fix: Fix) -> None:
    roles = Roles(MappingProxyType({**ROLES.by_name, "session": SESSION._replace(awaited=True)}))
    result = fix(REPAIRED["tabs"][0], roles=roles, rules=("CW103",))
    assert b"async with await request_session(user_context) as session:" in result.source


PLAIN = Roles(MappingProxyType({**ROLES.by_name, "session": SESSION._replace(coroutines=(), plain=True)}))
PLAIN_SHAPES = {
    "nothing is awaited, so tests stay as they are": (
        """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()
                self.title = "t"

            def test_add(self, user_context):
                self.session.add(self.title)
        """,
        """
        from app.db import create_session
        from app.db import request_session

        class TestRows:
            def setup_method(self):
                self.title = "t"

            def test_add(self, user_context):
                with request_session(user_context) as session:
                    session.add(self.title)
        """,
    ),
    "a fixture that closes it": (
        """
        import pytest
        from app.db import create_session

        @pytest.fixture(scope="module")
        def session(user_context):
            opened = create_session()
            yield opened
            opened.close()

        def test_add(session):
            session.add(1)
        """,
        """
        import pytest
        from app.db import create_session
        from app.db import request_session

        @pytest.fixture
        def session(user_context):
            with request_session(user_context) as opened:
                yield opened

        def test_add(session):
            session.add(1)
        """,
    ),
}


@pytest.mark.parametrize("async_tests", [True, False])
@pytest.mark.parametrize("shape", PLAIN_SHAPES)
def test_a_plain_session_is_opened_by_with(fix: Fix, shape: str, async_tests: bool) -> None:
    before, after = (dedent(text) for text in PLAIN_SHAPES[shape])
    result = fix(before, roles=PLAIN, rules=("CW103",), async_tests=async_tests)
    assert result.source.decode() == after


def test_a_session_without_coroutines_is_entered_as_its_role_says(fix: Fix) -> None:
    source = """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.session = create_session()

            async def test_add(self, user_context):
                self.session.add(1)
    """
    for plain, words in ((False, b"async with"), (True, b"        with")):
        role = SESSION._replace(coroutines=(), plain=plain)
        roles = Roles(MappingProxyType({**ROLES.by_name, "session": role}))
        assert words + b" request_session(user_context) as session:" in fix(source, roles=roles).source


def test_two_sessions_of_one_test(fix: Fix) -> None:
    source = """
        from app.db import create_session

        class TestRows:
            def setup_method(self):
                self.first = create_session()
                self.second = create_session()

            async def test_both(self, user_context):
                self.first.add(1)
                self.second.add(2)
        """
    result = fix(source, roles=ROLES, rules=("CW103",))
    ast.parse(result.source)
    assert result.source.count(b"async with") == 2
    assert not result.remaining


def test_gate_lets_every_name_through() -> None:
    roles = Roles(MappingProxyType({"session": SESSION._replace(replaces=("app.db.open_db",))}))
    gate = SharedSession().gate(CheckSettings(roles=roles))
    assert GatedSource(b"db = open_db()", FileKind.TEST).passes(gate)
    made = b"from sqlalchemy.orm import sessionmaker\nmake = sessionmaker()\ndb = make()"
    assert GatedSource(made, FileKind.TEST).passes(gate)
    assert GatedSource(b"db = SessionLocal()", FileKind.TEST).passes(gate)
    assert not GatedSource(b"db = connect()", FileKind.TEST).passes(gate)
