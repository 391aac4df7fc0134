"""How a manager's replacement is spelled, and where its import goes."""

from collections.abc import Callable
from types import MappingProxyType

import pytest

from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

Fix = Callable[..., FixResult]


def roles(create: str, imports: tuple[str, ...] = ("from app.ws import Manager",)) -> Roles:
    manager = Role("manager", imports, create, replaces=("Manager", "get_websocket_manager"))
    return Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "manager": manager}))


OWN = "own({old}, {arguments})"


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("Manager()", "own(Manager)"),
        ("Manager(1, size=2)", "own(Manager, 1, size=2)"),
        ("ws.Manager()", "own(ws.Manager)"),
        ("get_websocket_manager()", "own(Manager)"),
    ],
)
def test_spelling(fix: Fix, call: str, after: str) -> None:
    source = "import app.ws as ws\nfrom app.ws import Manager, get_websocket_manager\n\n\n"
    source += f"def test_it(use):\n    use({call})\n"
    result = fix(source, roles=roles(OWN), rules=("CW104",))
    assert f"    use({after})\n" in result.source.decode()


@pytest.mark.parametrize(
    "late",
    [
        "    from app.ws import get_websocket_manager\n",
        "    from app.ws import (\n        get_websocket_manager,\n    )\n",
        "    if use:\n        from app.ws import get_websocket_manager\n",
    ],
)
def test_a_late_import_stays_late(fix: Fix, late: str) -> None:
    source = f"def test_it(use):\n{late}    manager = get_websocket_manager()\n    use(manager)\n"
    result = fix(source, roles=roles(OWN), rules=("CW104",))
    assert result.source.startswith(b"def test_it")
    assert result.source.count(b"from app.ws import Manager") == 1
    assert not result.remaining


def test_an_accessor_needs_the_class(fix: Fix) -> None:
    source = (
        "from app.ws import get_websocket_manager\n\n\ndef test_it(use):\n    use(get_websocket_manager())\n"
    )
    result = fix(source, roles=roles(OWN, ()), rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.NO_ROLE]


def test_a_stand_in_for_the_accessor_stays(fix: Fix) -> None:
    source = (
        "from app.ws import get_websocket_manager\n\n\ndef test_it(use):\n    def stand_in():\n"
        "        return get_websocket_manager()\n\n    use(stand_in)\n"
    )
    result = fix(source, roles=roles(OWN), rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.ESCAPES]


@pytest.mark.parametrize(
    "asked",
    [
        "service.manager is manager",
        "manager == service.desk.manager",
    ],
)
def test_an_object_that_was_given_it_gives_it_back(fix: Fix, asked: str) -> None:
    source = "from app.ws import Manager\n\n\ndef test_it(use):\n    manager = Manager()\n"
    source += f"    service = use(manager)\n    assert {asked}\n"
    result = fix(source, roles=roles(OWN), rules=("CW104",))
    assert b"own(Manager)" in result.source
    assert not result.remaining


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("use(manager)", "other is manager"),
        ("use(manager)", "service.manager is not manager"),
        ("use(manager)", "Manager.shared is manager"),
        ("use(manager)", "service.manager() is manager"),
        ("use()", "service.manager is manager"),
        ("use(manager)", "id(service) == id(manager)"),
    ],
)
def test_a_test_of_the_same_object_stays(fix: Fix, given: str, asked: str) -> None:
    source = "from app.ws import Manager\n\n\ndef test_it(use, other):\n    manager = Manager()\n"
    source += f"    service = {given}\n    assert {asked}\n"
    result = fix(source, roles=roles(OWN), rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == [Reason.ON_PURPOSE]
    assert result.source.decode() == source


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("await use()\n    manager = Manager()\n    assert manager.stats().total < 5", True),
        ("await use()\n    manager = Manager()\n    assert manager and manager.size == 5", True),
        ("manager = Manager()\n    assert manager.stats().total < 5", False),
        ("await use()\n    manager = Manager()\n    manager.open(1)\n    assert manager.size == 1", False),
        ("await use()\n    manager = Manager()\n    use(manager)\n    assert manager.size == 1", False),
        ("await use()\n    manager = Manager()\n    manager.size = 1\n    assert manager.size == 1", False),
    ],
)
def test_one_that_is_only_asked_about_others_stays(fix: Fix, body: str, asked: bool) -> None:
    source = f"from app.ws import Manager\n\n\nasync def test_it(use):\n    {body}\n"
    result = fix(source, roles=roles(OWN), rules=("CW104",))
    assert [finding.reason for finding in result.remaining] == ([Reason.ESCAPES] if asked else [])


def test_a_test_of_what_a_manager_has_gets_its_own(fix: Fix) -> None:
    source = "from app.ws import get_websocket_manager\n\n\ndef test_it():\n"
    source += "    manager = get_websocket_manager()\n    assert hasattr(manager, 'send')\n"
    assert "manager = own(Manager)" in fix(source, roles=roles(OWN), rules=("CW104",)).source.decode()
    source += "    assert manager is not None\n"
    result = fix(source, roles=roles(OWN), rules=("CW104",))
    assert [(f.reason, f.detail) for f in result.remaining] == [
        (Reason.ON_PURPOSE, "the accessor itself is what is tested")
    ]


UNUSED = "from app.ws import get_websocket_manager\n\nmanager = get_websocket_manager()\n\nX = 1\n"


def test_one_at_module_level_that_nobody_uses_goes(fix: Fix) -> None:
    body = "\n\ndef test_it(use):\n    use('app.manager', 'the manager')\n"
    result = fix(UNUSED + body, roles=roles(OWN), rules=("CW104",))
    assert not result.remaining
    assert result.source.decode() == UNUSED.replace("\nmanager = get_websocket_manager()\n", "") + body


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("\n\ndef test_it(use):\n    use(manager)\n", "tests/test_it.py"),
        ("\n\ndef test_it(use):\n    use('manager')\n", "tests/test_it.py"),
        ("\n\ndef test_it(use):\n    use('tests.test_it.manager')\n", "tests/test_it.py"),
        ("\n\ndef test_it():\n    global manager\n    manager = 1\n", "tests/test_it.py"),
        ("", "tests/support.py"),
        ("", "tests/conftest.py"),
    ],
)
def test_one_that_somebody_may_use_stays(fix: Fix, body: str, path: str) -> None:
    result = fix(UNUSED + body, path=path, roles=roles(OWN), rules=("CW104",))
    assert result.source.decode() == UNUSED + body
    assert result.remaining


TWO = "from app.ws import Manager\n\n\ndef test_it(desk, other):\n"
TWO += "    first = Manager()\n    second = Manager()\n"


@pytest.mark.parametrize(
    ("body", "repaired"),
    [
        ("desk.take(first)\n    desk.take(second)\n    assert desk.manager is second", 2),
        ("desk.take(first)\n    desk.take(second)\n    assert second is desk.manager", 2),
        ("desk.take(first)\n    desk.take(second)", 0),  # nothing says that they are two
        ("desk.take(first)\n    other.take(second)\n    assert desk.manager is first", 0),
        ("desk.take(first)\n    desk.take(second)\n    assert desk.manager is second\n    first.send(1)", 0),
        ("desk.take(first, 1)\n    desk.take(second)\n    assert desk.manager is second", 0),
        ("desk.take(first)\n    desk.take(second)\n    assert first is second", 0),
        ("desk.take(first)\n    desk.take(second)\n    assert Desk.manager is second", 0),
    ],
)
def test_two_that_the_test_itself_tells_apart(fix: Fix, body: str, repaired: int) -> None:
    result = fix(f"{TWO}    {body}\n", roles=roles(OWN), rules=("CW104",))
    assert result.source.count(b"own(Manager)") == repaired
    assert len(result.remaining) == 2 - repaired
