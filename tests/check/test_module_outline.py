"""What an outline says of a module's namespace and classes is what the whole module says of them."""

import ast
import sys
from pathlib import Path
from random import Random

import pytest

from cellwall.check.bindings import Kind
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.module_outline import outline_facts, outlined
from cellwall.check.parse import ParseError
from cellwall.check.time_limit import limited

Said = tuple[dict[str, list[object]], dict[str, bool | None]]
NEW_TEXTS = (
    ['x = f"{f("a")} {"#"}"\n', "x = f'{'''\nfrom a import T\n'''}'\n"] if sys.version_info >= (3, 12) else []
)
OWN = sorted(Path(__file__).parents[2].glob("src/cellwall/check/*.py"))

SHORTER = [
    "def f():\n    return T()\nx = Made()\n",
    "async def f(\n    a,\n) -> T:\n    return T()\nfrom a import T\n",
    'def f():\n    """Text\nfrom a import T\n"""\ndef g():\n    """\nfrom a import T\n    """\nx = Made()\n',
    "class A(Base):\n    def f(self):\n        return T()\n\n    # A\n\nclass B(A, o.TestCase):\n    x = 1\n",
    "from unittest import TestCase\nclass A(\n    TestCase,\n    metaclass=M,\n):\n    x = 1\n",
    "class A: x = T()\nT = A\n",
    "def f(): pass; T = 1\nx = Made()\n",
    "# def f():\ndef f():  # \"\n    # '''\n    return r'\\'' \"#\"\nfrom a import T  # '\n",
    '"""\ndef f():\n"""\nT = Made()\ndef g():\n    pass\n',
    "@made(\n    T,\n)\ndef f():\n    pass\nif x:\n    def g():\n        pass\nelse:\n    from a import T\n",
    "def f():\r\n    return T()\r\nx = Made()\r\n",
    "\n\n\ndef f():\n\n\tif x:\n\t\tfrom a import T\n\n\treturn 1",
    "class A:\n    pass\nT = A\nx = A()\ny = {1: f()}\nz = [f]\ndef f():\n    return A()\n",
    "def f():\n    return (\n        1\n)\nfrom a import T\n",
    *(f"def g():\n    {text}".replace("\nfrom", "\n    from") + "x = Made()\n" for text in NEW_TEXTS[:1]),
]  # fmt: skip
AS_THEY_ARE = [
    "def f():\n    'one\\\nfrom a import T\\\n two'\nx = Made()\n",
    "def f():\n    x = a + \\\nT()\nfrom a import T\n",  # goes on at the margin
    "def f():\n    x = \\\nT = Made()\n",
    "def f():\n    return (\nT, T\n)\nx = Made()\n",
    "def f():\n    return [\n1\n, (T)]\nx = Made()\n",
    "def f(): pass\rT = Made()\rfrom a import T\r",
    "def f():\n    pass\n\fT = Made()\n",
    "def f():\n    pass\n  \fT = Made()\n",
    "def f():\n    pass\n\f    T = Made()\n",
    "\fdef f():\n    pass\nT = Made()\n",
    "def f(x=(T := Made())):\n    pass\n",
    "def f():\n    return T()\nfrom a import T\nx = f()\n",
    "def f():\n    return T()\nfrom a import T\ng = f\nx = g()\n",
    "def f():\n    return T()\nfrom a import T\nwith f() as g:\n    x = g\n",
    "def f():\n    return T()\nfrom a import T\nx = a or (b if c else f())\n",
    "class A:\n    b = T\nfrom typing import cast\nfrom a import T\nx = cast(A.b, y)\n",
    "class A:\n    b = T\nfrom typing import cast\nfrom a import T\nx = cast(Optional[A.b], y)\n",
    "class A:\n    b = T()\nfrom a import T\nx = A.b\n",
    "class A:\n    def __init__(self):\n        self.b = T()\nfrom a import T\nx = A()\ny = x.b\n",
    "class A:\n    def __init__(self):\n        self.b = T()\nfrom a import T\ny: A().b = 1\nz = y\n",
    "class A:\n    b = TestCase\nfrom unittest import TestCase\nclass C(A.b):\n    pass\n",
    "def f():\n    return TestCase\nfrom unittest import TestCase\nB = f()\nclass C(B):\n    pass\n",
    "class A(f()):\n    def f(self):\n        pass\n",
    "class A(  # (\n    TestCase,\n):\n    pass\n",
    "class A:\n    class B(TestCase):\n        pass\nclass C(A.B):\n    pass\n",
    "def f():\n    class B(TestCase):\n        pass\n",
    "\ufeffdef f():\n    return T()\nx = f\n",
    "class ä(TestCase):\n    pass\ndef ö():\n    pass\n",
    *(f"def g():\n    {text}x = Made()\n" for text in NEW_TEXTS[1:2]),
    *NEW_TEXTS[2:],
]  # fmt: skip


def said(module: ModuleFacts | ParseError) -> Said | ParseError:
    """Give what a module binds, each with what it comes from, and which of its classes are unittest's."""
    if isinstance(module, ParseError):
        return module
    names: dict[str, list[object]] = {
        name: [
            (
                one.kind,
                one.target,
                module.resolve(one.value) if one.value and one.kind is Kind.VALUE else None,
            )
            for one in bound
        ]
        for name, bound in module.resolver.namespace(module.tree).names.items()
    }
    kinds = {
        module.resolver.qualified(cls): module.pytest.unittest_kind(cls) for cls in module.of(ast.ClassDef)
    }
    return names, kinds


def agree(source: bytes) -> bool:
    by_outline = said(outline_facts("pkg/m.py", source, ProjectFacts()))
    return by_outline == said(module_facts("pkg/m.py", source, ProjectFacts()))


@pytest.mark.parametrize("text", SHORTER)
def test_an_outline_is_shorter_and_says_the_same(text: str) -> None:
    outline = outlined(text.encode())
    assert outline is not None and len(outline) < len(text)
    assert agree(text.encode())


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_where_the_text_does_not_tell_the_whole_module_is_asked(text: str) -> None:
    assert agree(text.encode())


def test_names_of_the_files_own_are_read_from_their_outline() -> None:
    text = b"from a import T\nclass A:\n    x = T()\nvalue = T()\nother = A()\n"
    module = outline_facts("pkg/m.py", text, ProjectFacts())
    assert isinstance(module, ModuleFacts) and module.source == outlined(text)
    assert b"x = T()" not in module.source


@pytest.mark.parametrize(
    "text", ["x = '''\ndef f():\n    pass\n", "def f():\n    x = 'a\ny = 1\n", 'x = """a"""" b\n']
)
def test_a_text_that_does_not_end_has_no_outline(text: str) -> None:
    assert outlined(text.encode()) is None
    assert agree(text.encode())


def test_very_large_files_have_none() -> None:
    assert outlined(b"x = 1\n" * 100_000) is None


@pytest.mark.parametrize("path", OWN[:: len(OWN) // 12], ids=lambda path: path.name)
def test_own_modules_say_the_same(path: Path) -> None:
    source = path.read_bytes()
    outline = outlined(source)
    assert b":=" in source or (outline is not None and len(outline) <= len(source) + 1)
    assert agree(source)


LINES = [
    "def f():", "class A(TestCase):", "async def g(a,", "b):", "return T()", "T = 1", "x = f()",
    "from a import T", '"""', "'''", 'y = """', "y = 'a\\", "'", "z = \\", "# '''", "", "a = (", ")",
    "c = [", "]", "y = A()", "if x:", "else:", "pass", "z = A.b", "b = T", "@d", "class B(A):", "\f", "\r",
    "x = '#'", "def f(): pass; x = 1", "b, '('",
]  # fmt: skip
OPENING = {"def f():", "class A(TestCase):", "if x:", "else:", "class B(A):", "b):"}


def composed(random: Random) -> str:
    """Give lines that now and then make a module: mostly those go deeper that follow the head of a block."""
    text, depth = "", 0
    for _ in range(random.randint(1, 10)):
        line = random.choice(LINES)
        indent = depth if random.random() < 0.7 else random.choice((0, 0, 0, 1, 2))
        text += "    " * indent + line + "\n"
        depth = indent + 1 if line in OPENING else indent if random.random() < 0.6 else 0
    return text


@pytest.mark.parametrize("seed", range(3))
def test_whatever_parses_says_the_same(seed: int) -> None:
    random, parsed = Random(seed), 0
    for _ in range(1_000):
        source = composed(random).encode()
        if not isinstance(module_facts("pkg/m.py", source, ProjectFacts()), ParseError):
            parsed += 1
            assert agree(source), source
    assert parsed > 50


def test_a_text_that_does_not_end_takes_no_square_of_its_length() -> None:
    for opened in ('x = "', "x = (" + "1,\n  " * 20_000 + '"'):
        source = f"class A(TestCase):\n    pass\n{opened}" + '\\"' * 100_000 + "\n"
        with limited(20.0):  # a hundredth of a second
            assert outlined(source.encode()) is None
