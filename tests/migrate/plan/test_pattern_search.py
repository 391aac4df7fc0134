"""A plan's wrong code is looked for by structure: what stands for anything, and what must be there."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.parse import ParseError
from cellwall.migrate.plan.pattern_search import Shape, fold, occurs, shapes


def _shapes(pattern: str) -> tuple[Shape, ...]:
    found = shapes(pattern)
    assert not isinstance(found, ParseError)
    return found


def _found(pattern: str, code: str) -> bool:
    """Say whether the pattern occurs, and check that the words it needs are in every code where it does."""
    tree = ast.parse(code)
    found = [shape for shape in _shapes(pattern) if occurs(shape, tree)]
    assert all(need in fold(code) for shape in found for need in shape.needs)
    return bool(found)


CALL = 'cart = CartRegistry.get_cart("basket")'
KEPT = "class Service:\n    def __init__(self):\n        self.session = open_session()\n"


@pytest.mark.parametrize(
    "code",
    [
        'cart = CartRegistry.get_cart("basket")',
        "CartRegistry.get_cart(name, fresh=True).add(1)",
        "other = await shop.CartRegistry.get_cart()",
        "def f(cart_registry):\n    return cart_registry.get_cart('x')",
        "with CartRegistry.get_cart('x') as cart: pass",
    ],
)
def test_a_call_is_found_wherever_it_stands(code: str) -> None:
    assert _found(CALL, code)


@pytest.mark.parametrize(
    "code",
    [
        "CartRegistry.get_basket('x')",
        "BasketRegistry.get_cart('x')",
        "patch('CartRegistry.get_cart')",
        "CartRegistry.get_cart",
        "# CartRegistry.get_cart('x')",
    ],
)
def test_another_name_or_no_call_is_not_it(code: str) -> None:
    assert not _found(CALL, code)


@pytest.mark.parametrize(
    "code",
    [
        KEPT,
        "class Any:\n    x = 1\n    async def __init__(this, a):\n"
        "        if a:\n            this.session = open_session(a)\n",
        "def outer():\n    class Any:\n        def __init__(self):\n"
        "            self.a = 1\n            self.session = db.open_session()\n",
    ],
)
def test_a_body_need_only_contain_the_statements(code: str) -> None:
    assert _found(KEPT, code)


@pytest.mark.parametrize(
    "code",
    [
        "class Any:\n    def setup(self):\n        self.session = open_session()\n",
        "class Any:\n    def __init__(self):\n        self.connection = open_session()\n",
        "class Any:\n    def __init__(self):\n        self.session = Session()\n",
        "def __init__(self):\n    self.session = open_session()\n",
    ],
)
def test_a_body_without_a_statement_is_not_it(code: str) -> None:
    assert not _found(KEPT, code)


def test_with_and_async_with_are_alike() -> None:
    assert _found(
        "with Pool.open() as p:\n    p.send(1)",
        "async def f():\n    async with Pool.open() as q:\n        await q.send(2)",
    )


def test_one_statement_of_several_is_enough() -> None:
    assert _found("a = First.make()\nb = Second.make()", "Second.make()")
    assert not _found("a = First.make()\nb = Second.make()", "Third.make()")


def test_imports_docstrings_and_code_of_its_own_names_are_nothing_to_look_for() -> None:
    assert _shapes("import shop\nfrom shop import carts\n'text'\npass\nx = 1\ny = x\n") == ()


def test_code_that_does_not_parse_is_told() -> None:
    error = shapes("x = 1\nx = = 2\n")
    assert isinstance(error, ParseError)
    assert error.line == 2


@pytest.mark.parametrize("code", ["(" * 5000 + ")" * 5000, "a" + ".b" * 50_000, "\0", "f(" * 90 + ")" * 90])
def test_hostile_patterns_and_code_end_in_an_answer(code: str) -> None:
    found = shapes(code)
    if not isinstance(found, ParseError):
        assert not any(occurs(shape, ast.parse("x = 1")) for shape in found)


_STATEMENTS = st.sampled_from(
    [
        "x = Cart.get(1)",
        "await x.y()",
        "for a in B.c: a.d()",
        "if E: pass",
        "class K:\n    z = L()",
        "del m.n",
        "with O() as p: p.q",
        "async def r(): return s",
        "t: U = V()",
        "try: w()\nexcept X as y: y.z()",
        "l = lambda: M",
    ]
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(_STATEMENTS, min_size=1, max_size=5))
def test_every_pattern_that_can_be_looked_for_is_found_in_itself(statements: list[str]) -> None:
    code = "\n".join(statements)
    if _shapes(code):
        assert _found(code, code)
