"""Which tests reach a role by the names that its imports bind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.gates.role_reach import beside_the_role
from cellwall.project.roles import Role

ROLE = Role("pool", ("from app.sockets import Pool",), "Pool()")
DOTTED = Role("token", ("import app.tokens",), "app.tokens.issue({user_id})")
HEAD = "from app.sockets import Pool\nfrom other import Pool as Pond\n"

REACHING = [
    "def test_it():\n    Pool()\n",
    "async def test_it():\n    async with Pool() as pool: pass\n",
    "def make():\n    return Pool()\ndef test_it():\n    make()\n",
    "@fixture\ndef pool():\n    return Pool()\ndef test_it(pool): pass\n",
    "class Made(Pool): pass\ndef test_it():\n    Made()\n",
    "class TestA:\n    def make(self):\n        return Pool()\n    def test_it(self):\n        self.make()\n",
    "class TestA:\n    def setUp(self):\n        self.a = Pool()\n    def test_it(self):\n        self.a\n",
    "def test_it():\n    from app.sockets import Pool as Mine\n    Mine()\n",
    "def a():\n    b()\ndef b():\n    a()\n    Pool\ndef test_it():\n    a()\n",
]
BESIDE = [
    "def test_it(): pass\n",
    "def test_it():\n    Pond()\n",
    "def test_it():\n    'Pool'\n",
    "def make():\n    return Pool()\ndef test_it(): pass\n",
    "def test_it():\n    other.Pool()\n",
    "def a():\n    a()\ndef test_it():\n    a()\n",
]


@pytest.mark.parametrize("text", REACHING)
def test_what_reaches_the_role(text: str) -> None:
    assert beside_the_role((HEAD + text).encode(), ROLE) == ()


@pytest.mark.parametrize("text", BESIDE)
def test_what_stands_beside_it(text: str) -> None:
    assert beside_the_role((HEAD + text).encode(), ROLE) == ("test_it",)


def test_a_name_of_another_import_is_another_thing() -> None:
    text = "from cellwall import Pool\ndef test_it():\n    Pool()\n"
    assert beside_the_role(text.encode(), ROLE) == ("test_it",)


def test_a_method_has_its_class_in_its_name() -> None:
    assert beside_the_role(b"class TestA:\n    def test_b(self): pass\n", ROLE) == ("TestA::test_b",)


def test_a_module_may_be_imported_as_a_whole() -> None:
    assert beside_the_role(b"import app.tokens\ndef test_it():\n    app.tokens.issue(1)\n", DOTTED) == ()
    assert beside_the_role(b"import app.other\ndef test_it():\n    app.other.issue(1)\n", DOTTED) == (
        "test_it",
    )


@settings(max_examples=30, derandomize=True)
@given(chain=st.integers(0, 12), reaches=st.booleans())
def test_however_many_helpers_lie_between(chain: int, reaches: bool) -> None:
    calls = "".join(f"def step{n}():\n    step{n + 1}()\n" for n in range(chain))
    last = f"def step{chain}():\n    {'Pool()' if reaches else 'None'}\n"
    source = HEAD + calls + last + "def test_it():\n    step0()\n"
    assert beside_the_role(source.encode(), ROLE) == (() if reaches else ("test_it",))
