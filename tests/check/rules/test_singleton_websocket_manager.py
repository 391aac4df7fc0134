"""CW104 on the shapes that test suites really have: what is repaired, what is listed, what is nothing."""

from collections.abc import Callable
from textwrap import dedent
from types import MappingProxyType

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.finding import Severity
from cellwall.check.fixer import FixResult
from cellwall.check.gate import GatedSource
from cellwall.check.reason import Reason
from cellwall.check.rules.singleton_websocket_manager import SingletonWebSocketManager
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

Fix = Callable[..., FixResult]

POOL = Role(
    "pool",
    ("from app.pool import Pool",),
    "Pool()",
    replaces=("WebSocketManager", "get_websocket_manager"),
    members=("create_emitter", "connections_of"),
    coroutines=("register_connection", "send_to_user"),
)
MANAGER = Role(
    "manager",
    ("from app.ws import WebSocketManager",),
    'type("WebSocketManager", ({old},), {"_instance": None})()',
    replaces=("WebSocketManager", "get_websocket_manager"),
    reached_by=("app.bridge", "AgentService"),
)


def roles(*changed: Role, without: str = "") -> Roles:
    """The default roles with these instead, and without one."""
    named = {**DEFAULT_ROLES.by_name, **{role.name: role for role in changed}}
    named.pop(without, None)
    return Roles(MappingProxyType(named))


WITH_POOL = roles(POOL)
WITH_BOTH = roles(POOL, MANAGER)

BY_POOL = {
    "local variable": (
        """
        from app.ws import WebSocketManager

        async def test_send():
            manager = WebSocketManager()
            await manager.send_to_user("ann", {})
        """,
        """
        from app.ws import WebSocketManager
        from app.pool import Pool

        async def test_send():
            manager = Pool()
            await manager.send_to_user("ann", {})
        """,
    ),
    "accessor": (
        """
        from app.ws import get_websocket_manager

        async def test_send():
            manager = get_websocket_manager(  )  # the one
            assert manager.connections_of("ann") == ()
        """,
        """
        from app.ws import get_websocket_manager
        from app.pool import Pool

        async def test_send():
            manager = Pool()  # the one
            assert manager.connections_of("ann") == ()
        """,
    ),
    "alias of the class": (
        """
        from app.ws import WebSocketManager as Sockets

        async def test_send(user_context):
            Sockets_ = Sockets()
            Sockets_.create_emitter(user_context)
        """,
        """
        from app.ws import WebSocketManager as Sockets
        from app.pool import Pool

        async def test_send(user_context):
            Sockets_ = Pool()
            Sockets_.create_emitter(user_context)
        """,
    ),
    "through its module": (
        """
        import app.ws as ws

        async def test_send():
            manager = ws.get_websocket_manager()
            await manager.register_connection("ann", "c1")
        """,
        """
        import app.ws as ws
        from app.pool import Pool

        async def test_send():
            manager = Pool()
            await manager.register_connection("ann", "c1")
        """,
    ),
    "on self": (
        """
        from app.ws import WebSocketManager

        class TestSockets:
            def setup_method(self):
                self.manager = WebSocketManager()

            async def test_send(self):
                await self.manager.send_to_user("ann", {})
        """,
        """
        from app.ws import WebSocketManager
        from app.pool import Pool

        class TestSockets:
            def setup_method(self):
                self.manager = Pool()

            async def test_send(self):
                await self.manager.send_to_user("ann", {})
        """,
    ),
    "a fixture's result": (
        """
        import pytest
        from app.ws import WebSocketManager

        @pytest.fixture
        def manager():
            return WebSocketManager()

        async def test_send(manager):
            await manager.send_to_user("ann", {})
        """,
        """
        import pytest
        from app.ws import WebSocketManager
        from app.pool import Pool

        @pytest.fixture
        def manager():
            return Pool()

        async def test_send(manager):
            await manager.send_to_user("ann", {})
        """,
    ),
    "module level": (
        """
        from app.ws import WebSocketManager

        manager = WebSocketManager()

        async def test_send():
            await manager.send_to_user("ann", {})
        """,
        """
        from app.ws import WebSocketManager
        from app.pool import Pool

        manager = Pool()

        async def test_send():
            await manager.send_to_user("ann", {})
        """,
    ),
    "a method of the pool that is a coroutine": (
        """
        from app.ws import WebSocketManager

        def test_send():
            manager = WebSocketManager()
            sent = manager.send_to_user("ann", {})
            assert sent == 0
        """,
        """
        from app.ws import WebSocketManager
        from app.pool import Pool

        async def test_send():
            manager = Pool()
            sent = await manager.send_to_user("ann", {})
            assert sent == 0
        """,
    ),
}

BY_MANAGER = {
    "passed on": (
        """
        from app.ws import WebSocketManager
        from app.agents import Supervisor

        def test_run():
            manager = WebSocketManager()
            supervisor = Supervisor(websocket_manager=manager)
            assert supervisor.websocket_manager.connections == {}
        """,
        """
        from app.ws import WebSocketManager
        from app.agents import Supervisor

        def test_run():
            manager = type("WebSocketManager", (WebSocketManager,), {"_instance": None})()
            supervisor = Supervisor(websocket_manager=manager)
            assert supervisor.websocket_manager.connections == {}
        """,
    ),
    "a member that the pool lacks": (
        """
        from app.ws import WebSocketManager as ConnectionManager

        async def test_broadcast():
            manager = ConnectionManager()
            await manager.broadcast({})
        """,
        """
        from app.ws import WebSocketManager as ConnectionManager

        async def test_broadcast():
            manager = type("WebSocketManager", (ConnectionManager,), {"_instance": None})()
            await manager.broadcast({})
        """,
    ),
    "reset by hand before": (
        """
        from app.ws import WebSocketManager

        class TestRecovery:
            def setup_method(self):
                WebSocketManager._instance = None
                self.manager = WebSocketManager()

            def test_empty(self):
                assert self.manager.connections == {}
        """,
        """
        from app.ws import WebSocketManager

        class TestRecovery:
            def setup_method(self):
                WebSocketManager._instance = None
                self.manager = type("WebSocketManager", (WebSocketManager,), {"_instance": None})()

            def test_empty(self):
                assert self.manager.connections == {}
        """,
    ),
    "an argument at once": (
        """
        from app.ws import WebSocketManager

        def test_wiring(registry):
            registry.use(WebSocketManager())
            assert registry.ready
        """,
        """
        from app.ws import WebSocketManager

        def test_wiring(registry):
            registry.use(type("WebSocketManager", (WebSocketManager,), {"_instance": None})())
            assert registry.ready
        """,
    ),
    "an accessor, and the class is not imported": (
        """
        from app.ws import get_websocket_manager

        def test_run(supervisor):
            manager = get_websocket_manager()
            supervisor.run(manager)
        """,
        """
        from app.ws import get_websocket_manager
        from app.ws import WebSocketManager

        def test_run(supervisor):
            manager = type("WebSocketManager", (WebSocketManager,), {"_instance": None})()
            supervisor.run(manager)
        """,
    ),
    "an accessor that is imported late": (
        """
        def test_run(supervisor):
            from app.ws import get_websocket_manager
            manager = get_websocket_manager()
            supervisor.run(manager)
        """,
        """
        def test_run(supervisor):
            from app.ws import get_websocket_manager
            from app.ws import WebSocketManager
            manager = type("WebSocketManager", (WebSocketManager,), {"_instance": None})()
            supervisor.run(manager)
        """,
    ),
    "a fixture that yields and shuts down": (
        """
        import pytest
        from app.ws import WebSocketManager

        @pytest.fixture
        async def manager():
            manager = WebSocketManager()
            yield manager
            await manager.shutdown()

        async def test_connect(manager):
            await manager.connect_user("ann", None)
        """,
        """
        import pytest
        from app.ws import WebSocketManager

        @pytest.fixture
        async def manager():
            manager = type("WebSocketManager", (WebSocketManager,), {"_instance": None})()
            yield manager
            await manager.shutdown()

        async def test_connect(manager):
            await manager.connect_user("ann", None)
        """,
    ),
    "tests that a runner calls one after the other": (
        """
        from app.ws import WebSocketManager

        def test_one():
            one = WebSocketManager()
            one.connect_all()

        def main():
            test_one()
            test_one()
        """,
        """
        from app.ws import WebSocketManager

        def test_one():
            one = type("WebSocketManager", (WebSocketManager,), {"_instance": None})()
            one.connect_all()

        def main():
            test_one()
            test_one()
        """,
    ),
}

LISTED = {
    "patched by name": (
        """
        from unittest.mock import patch

        def test_send():
            with patch("app.ws.get_websocket_manager"):
                pass
        """,
        (5, Reason.PATCH_STRING),
    ),
    "the singleton itself": (
        """
        from app.ws import WebSocketManager

        def test_always_the_same():
            one = WebSocketManager()
            two = WebSocketManager()
            assert one is two
        """,
        (5, Reason.ON_PURPOSE),
    ),
    "by its name": (
        """
        from app.ws import get_websocket_manager

        def test_singleton_survives(service):
            service.use(get_websocket_manager())
        """,
        (5, Reason.ON_PURPOSE),
    ),
    "the accessor itself": (
        """
        from app.ws import get_websocket_manager, WebSocketManager

        def test_accessor():
            manager = get_websocket_manager()
            assert manager is not None
            assert isinstance(manager, WebSocketManager)
        """,
        (5, Reason.ON_PURPOSE),
    ),
    "the class attribute is looked at": (
        """
        from app.ws import WebSocketManager

        def test_kept(service):
            manager = WebSocketManager()
            service.use(manager)
            assert WebSocketManager._instance
        """,
        (5, Reason.ON_PURPOSE),
    ),
    "a failure is expected": (
        """
        import pytest
        from app.ws import WebSocketManager

        def test_refused():
            with pytest.raises(RuntimeError):
                manager = WebSocketManager()
        """,
        (7, Reason.ON_PURPOSE),
    ),
    "a class of the test's own": (
        """
        class WebSocketManager:
            def send(self):
                pass

        def test_send():
            manager = WebSocketManager()
            manager.send()
        """,
        (7, Reason.LOCAL_DOUBLE),
    ),
    "used where it is fetched": (
        """
        from app.ws import get_websocket_manager

        async def test_send():
            await get_websocket_manager().send_to_user("ann", {})
        """,
        (5, Reason.ESCAPES),
    ),
    "arguments that the role does not take": (
        """
        from app.ws import WebSocketManager

        def test_send(settings):
            manager = WebSocketManager(settings)
            manager.broadcast({})
        """,
        (5, Reason.ARGUMENTS),
    ),
    "two that are one today": (
        """
        import pytest
        from app.ws import WebSocketManager

        @pytest.fixture
        def manager():
            return WebSocketManager()

        def test_send(manager):
            other = WebSocketManager()
            other.broadcast({})
            assert manager.connections
        """,
        (7, Reason.ESCAPES),
    ),
    "one in a loop": (
        """
        from app.ws import WebSocketManager

        def test_send():
            for number in range(3):
                manager = WebSocketManager()
                manager.broadcast(number)
        """,
        (6, Reason.ESCAPES),
    ),
    "the application fetches it too": (
        """
        from app.ws import WebSocketManager
        from app.bridge import Bridge

        async def test_send():
            manager = WebSocketManager()
            manager.connect_user("ann", None)
            await Bridge().notify("ann")
        """,
        (6, Reason.ESCAPES),
    ),
    "a fixture that the tests share": (
        """
        import pytest
        from app.ws import WebSocketManager

        @pytest.fixture(scope="module")
        def manager():
            return WebSocketManager()

        def test_send(manager):
            manager.broadcast({})
        """,
        (7, Reason.UNKNOWN_SHAPE),
    ),
    "the module keeps it, and the pool cannot do it": (
        """
        from app.ws import WebSocketManager

        manager = WebSocketManager()

        def test_send():
            manager.broadcast({})
        """,
        (4, Reason.UNKNOWN_SHAPE),
    ),
    "the class keeps it": (
        """
        from app.ws import WebSocketManager

        class TestSend:
            manager = WebSocketManager()

            def test_send(self):
                self.manager.broadcast({})
        """,
        (5, Reason.UNKNOWN_SHAPE),
    ),
    "inside an f-string": (
        """
        from app.ws import WebSocketManager

        def test_send():
            print(f"{WebSocketManager().name}")
        """,
        (5, Reason.UNKNOWN_SHAPE),
    ),
}

NOTHING = {
    "a mock of it": """
        from unittest.mock import MagicMock
        from app.ws import WebSocketManager

        def test_send():
            manager = MagicMock(spec=WebSocketManager)
            manager.send()
        """,
    "patched, and the mock is called": """
        from unittest.mock import patch

        def test_send():
            with patch("app.ws.Other") as WebSocketManager:
                WebSocketManager()
        """,
    "an injected one": """
        def test_send(manager):
            manager.broadcast({})
        """,
    "an attribute of that name": """
        def test_send(app):
            app.WebSocketManager.reset()
        """,
}


def _text(source: str) -> str:
    return dedent(source)


@pytest.mark.parametrize("shape", BY_POOL)
def test_a_pool_takes_its_place(fix: Fix, shape: str) -> None:
    before, after = BY_POOL[shape]
    result = fix(before, roles=WITH_POOL, rules=("CW104",))
    assert result.source.decode() == _text(after)
    assert [finding.code for finding in result.repaired] == ["CW104"]
    assert not result.remaining


@pytest.mark.parametrize("shape", BY_MANAGER)
def test_a_manager_of_its_own_where_a_pool_will_not_do(fix: Fix, shape: str) -> None:
    before, after = BY_MANAGER[shape]
    result = fix(before, roles=WITH_BOTH, rules=("CW104",))
    assert result.source.decode() == _text(after)
    assert not result.remaining


@pytest.mark.parametrize("shape", LISTED)
def test_listed_with_its_reason(fix: Fix, shape: str) -> None:
    before, expected = LISTED[shape]
    result = fix(before, roles=WITH_BOTH, rules=("CW104",))
    assert result.source.decode() == _text(before)
    assert expected in [(finding.line, finding.reason) for finding in result.remaining]
    assert not result.repaired


@pytest.mark.parametrize("shape", NOTHING)
def test_no_finding(fix: Fix, shape: str) -> None:
    result = fix(NOTHING[shape], roles=WITH_BOTH, rules=("CW104",))
    assert not result.remaining
    assert not result.repaired


@pytest.mark.parametrize("shape", [*BY_POOL, *BY_MANAGER])
def test_windows_newlines_stay(fix: Fix, shape: str) -> None:
    before, after = {**BY_POOL, **BY_MANAGER}[shape]
    chosen = WITH_POOL if shape in BY_POOL else WITH_BOTH
    source = _text(before).replace("\n", "\r\n")
    assert fix(source, roles=chosen, rules=("CW104",)).source.decode() == _text(after).replace("\n", "\r\n")


def test_a_member_that_the_pool_lacks_is_named(fix: Fix) -> None:
    chosen = roles(POOL._replace(members=("create_emitter",), coroutines=()))
    result = fix(BY_POOL["local variable"][0], roles=chosen, rules=("CW104",))
    assert [(f.reason, f.detail) for f in result.remaining] == [(Reason.MEMBER_MISSING, "send_to_user")]


def test_without_a_role_it_is_listed(fix: Fix) -> None:
    result = fix(BY_POOL["local variable"][0], roles=roles(without="pool"), rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.NO_ROLE]


def test_passing_it_on_is_no_work_for_a_pool(fix: Fix) -> None:
    result = fix(BY_MANAGER["passed on"][0], roles=WITH_POOL, rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.ESCAPES]


def test_conftest_fixtures_have_users_elsewhere(fix: Fix) -> None:
    source = BY_MANAGER["a fixture that yields and shuts down"][0]
    result = fix(source, path="tests/conftest.py", roles=WITH_BOTH, rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.ESCAPES]


def test_application_code_is_listed(fix: Fix) -> None:
    source = "from app.ws import WebSocketManager\n\n\nclass Hub:\n    def __init__(self):\n"
    source += "        self.manager = WebSocketManager()\n"
    result = fix(source, path="app/hub.py", roles=WITH_BOTH, rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.APPLICATION_FILE]


def test_what_is_meant_is_a_warning(fix: Fix) -> None:
    result = fix(LISTED["the singleton itself"][0], roles=WITH_BOTH, rules=("CW104",))
    assert {finding.severity for finding in result.remaining} == {Severity.WARNING}


def test_a_double_from_a_module_of_tests_is_no_manager(fix: Fix) -> None:
    source = """
        from tests.fakes import WebSocketManager

        def test_send():
            manager = WebSocketManager()
            manager.broadcast({})
        """
    result = fix(source, roles=WITH_BOTH, rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.LOCAL_DOUBLE]


def test_a_re_export_is_followed(fix: Fix) -> None:
    files = {
        "app/__init__.py": "",
        "app/ws.py": "class WebSocketManager:\n    pass\n",
        "app/sockets/__init__.py": "from app.ws import WebSocketManager\n",
    }
    source = """
        from app.sockets import WebSocketManager as Sockets

        def test_send(user_context):
            manager = Sockets()
            manager.create_emitter(user_context)
        """
    exact = roles(POOL._replace(replaces=("app.ws.WebSocketManager",)))
    result = fix(source, files=files, roles=exact, rules=("CW104",))
    assert b"manager = Pool()" in result.source


def test_gate_names_every_manager() -> None:
    gate = SingletonWebSocketManager().gate
    settings = CheckSettings(roles=roles(POOL, MANAGER._replace(replaces=("hub.SocketHub",))))
    for name in (b"WebSocketManager", b"get_websocket_manager", b"SocketHub"):
        assert GatedSource(b"x = " + name, FileKind.TEST).passes(gate(settings))
    assert not GatedSource(b"x = Socket", FileKind.TEST).passes(gate(settings))
