import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.two_user_tests import has_two_user_test, two_user_figures, two_user_tests

TWO = b"def test_x():\n    a = make_context('u1')\n    b = make_context('u2')\n    assert a is not b\n"
ONE = b"def test_x():\n    a = make_context('u1')\n    assert a.id == 'u1'\n"


@pytest.mark.parametrize(
    "source",
    [
        TWO,
        b"async def test_x():\n    a = token(user_id='a')\n    b = token(user_id='b')\n    assert a != b\n",
        b"class TestX:\n    def test_x(self):\n        pool.register_connection('a', 1)\n"
        b"        pool.register_connection('b', 2)\n        self.assertNotEqual(1, 2)\n",
        b"def test_x():\n    f = Dispatcher.create_for_user(context1)\n"
        b"    g = Dispatcher.create_for_user(context2)\n    assert f != g\n",
        b"def test_x(n=5):\n    all = [make_context(f'user-{i}') for i in range(n)]\n    assert all\n",
        b"def test_x():\n    for name in names:\n        login(name)\n    assert seen\n",
    ],
)
def test_two_users_are_seen(source: bytes) -> None:
    assert has_two_user_test(source)


@pytest.mark.parametrize(
    "source",
    [
        ONE,
        TWO.replace(b"assert a is not b", b"pass"),  # nothing is asserted
        TWO.replace(b"u2", b"u1"),
        TWO.replace(b"test_x", b"helper"),
        b"def test_x():\n    for i in range(3):\n        make_context('u1')\n    assert 1\n",
        b"def test_a():\n    c = make_context('u1')\n    assert c\n\n"
        b"def test_b():\n    c = make_context('u2')\n    assert c\n",
        b"def test_x():\n    add('u1')\n    add('u2')\n    assert 1\n",
        b"def test_x(:\n",
        b"def test_x\0",
        b"",
    ],
)
def test_less_than_two_users_are_not(source: bytes) -> None:
    assert not has_two_user_test(source)


def test_areas_by_the_words_of_the_path() -> None:
    modules = [
        ("tests/critical_path/test_a.py", TWO),
        ("tests/test_websocket_events.py", ONE),
        ("tests/racket/test_b.py", TWO),
    ]
    assert two_user_figures(modules) == {
        "all": {"modules": 3, "two_users": 2},
        "websocket": {"modules": 1, "two_users": 0},
        "critical": {"modules": 1, "two_users": 1},
    }


@given(st.binary(max_size=200))
def test_any_bytes_can_be_counted(source: bytes) -> None:
    assert two_user_figures([("a.py", b"def test" + source)])["all"]["modules"] == 1


def test_a_deep_file_is_no_crash() -> None:
    assert not has_two_user_test(b"def test_x():\n    assert " + b"(" * 50_000)
    chain = b"def test_x():\n    assert x" + b".y()" * 3_000
    assert not has_two_user_test(chain)


def test_globs_say_what_is_critical_where_there_are_some() -> None:
    modules = [("tests/critical_path/test_a.py", TWO), ("shop/pay/test_b.py", ONE)]
    assert two_user_figures(modules, ["shop/pay/**"])["critical"] == {"modules": 1, "two_users": 0}


def test_the_tests_are_named_as_pytest_names_them() -> None:
    source = TWO + b"class TestY:\n    def test_z(self):\n        for n in names:\n            login(n)\n"
    assert two_user_tests(source + b"        assert 1\n") == ["test_x", "TestY::test_z"]


OWN = b"""async def test_x():
    async def work(user):
        context = make_context(user)
        return context
    worked = [await work(user) for user in ["u1", "u2"]]
    assert worked
"""


def test_a_function_of_the_test_itself_may_make_the_users() -> None:
    assert two_user_tests(OWN) == ["test_x"]
    assert two_user_tests(OWN.replace(b"make_context(user)", b"make_context('u1')")) == []


def test_names_of_roles_make_users_too() -> None:
    source = b"def test_x():\n    assert may_pay('u1')\n    assert may_pay('u2')\n"
    assert two_user_tests(source) == []
    assert two_user_tests(source, {"may_pay"}) == ["test_x"]
