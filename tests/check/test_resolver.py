"""Where names come from: scopes, aliases, branches, attributes, fixtures."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.bindings import collect
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import FixtureFact, ProjectFacts

PROJECT = ProjectFacts(
    aliases={"app.Registry": "app.core.Registry"},
    instances={"src.app.shared.registry": "app.core.Registry"},
    fixtures={"conftest.py": {"given": FixtureFact("app.core.Registry")}},
)

CASES = {
    "import": ("from app import Registry\nmark(Registry)", "app.Registry"),
    "alias": ("import app.core as c\nmark(c.Registry)", "app.core.Registry"),
    "dotted import": ("import app.core\nmark(app.core.Registry)", "app.core.Registry"),
    "relative": ("from ..core import Registry\nmark(Registry)", "pkg.core.Registry"),
    "instance": ("from app import Registry\nr = Registry()\nmark(r.get)", "app.Registry.get"),
    "awaited instance": ("from app import make\nasync def f():\n  r = await make()\n  mark(r)", "app.make()"),
    "closure": ("from app import R\ndef f():\n  r = R()\n  def g():\n    mark(r)", "app.R()"),
    "class scope is not seen by methods": (
        "from app import R\nclass C:\n  R = 1\n  def f(self):\n    mark(R)",
        "app.R",
    ),
    "global statement": ("from app import R\nr = None\ndef f():\n  global r\n  r = R()\n  mark(r)", None),
    "later assignment wins": ("from app import A, B\nx = A()\nx = B()\nmark(x)", "app.B()"),
    "use before": ("from app import A, B\ndef f():\n  x = A()\n  mark(x)\n  x = B()", "app.A()"),
    "branches that disagree": (
        "from app import A, B\ndef f(c):\n  if c:\n    x = A()\n  else:\n    x = B()\n  mark(x)",
        None,
    ),
    "branches that agree": (
        "from app import A\ndef f(c):\n  if c:\n    x = A()\n  else:\n    x = A()\n  mark(x)",
        "app.A()",
    ),
    "inside one branch": (
        "from app import A, B\ndef f(c):\n  if c:\n    x = A()\n    mark(x)\n  else:\n    x = B()",
        "app.A()",
    ),
    "None does not count": ("from app import A\nx = None\nif 1:\n  x = A()\ndef f():\n  mark(x)", "app.A()"),
    "fallback class": ("try:\n  from app import A\nexcept ImportError:\n  class A: ...\nmark(A)", "app.A"),
    "parameter hides": ("from app import A\ndef f(A):\n  mark(A)", None),
    "loop variable hides": ("from app import A\nfor A in x:\n  pass\nmark(A)", None),
    "comprehension variable": ("from app import A\n[mark(A) for A in x]", None),
    "first iterable is outside": ("from app import A\n[A for A in mark(A)]", "app.A"),
    "lambda parameter": ("from app import A\nlambda A: mark(A)", None),
    "walrus": ("from app import A\nif (x := A()):\n  mark(x)", "app.A()"),
    "unpacking": ("from app import A, B\nx, y = A(), B()\nmark(y)", "app.B()"),
    "local class": ("class A: ...\nmark(A)", "pkg.tests.test_m.A (local)"),
    "own attribute": (
        "from app import A\nclass C:\n  def s(self):\n    self.x = A()\n  def f(self):\n    mark(self.x)",
        "app.A()",
    ),
    "own attributes that disagree": (
        "from app import A, B\nclass C:\n  def s(self):\n    self.x = A()\n    self.x = B()\n"
        "  def f(self):\n    mark(self.x)",
        "pkg.tests.test_m.C.x (local)",
    ),
    "annotation": ("from app import A\ndef f(x: 'A'):\n  mark(x)", "app.A()"),
    "optional annotation": (
        "from typing import Optional\nfrom app import A\ndef f(x: Optional[A]):\n  mark(x)",
        "app.A()",
    ),
    "local function": ("from app import A\ndef make():\n  return A()\nmark(make())", "app.A()"),
    "recursive function": ("def make():\n  return make()\nmark(make())", "pkg.tests.test_m.make() (local)"),
    "fixture": (
        "import pytest\nfrom app import A\n@pytest.fixture\ndef r():\n  yield A()\ndef test_a(r):\n  mark(r)",
        "app.A()",
    ),
    "fixture of a conftest": ("def test_a(given):\n  mark(given.get)", "app.core.Registry.get"),
    "no injection into helpers": ("def helper(given):\n  mark(given)", None),
    "instance of another module": (
        "from app.shared import registry\nmark(registry.get)",
        "app.core.Registry.get",
    ),
    "mock": (
        "from unittest.mock import patch\nwith patch('x') as m:\n  mark(m.get)",
        "unittest.mock.patch.get",
    ),
    "star": ("from app import *\nmark(A)", "app.A"),
    "builtin": ("from app import *\nmark(len)", None),
    "unknown": ("mark(nothing)", None),
    "cast": ("from typing import cast\nfrom app import A\nmark(cast(A, x))", "app.A()"),
    "either": ("from app import A\nmark(x or A())", None),
    "either none": ("from app import A\nmark(None or A())", "app.A()"),
}


def marked(source: str) -> str | None:
    module = module_facts("pkg/tests/test_m.py", dedent(source).encode(), PROJECT)
    assert isinstance(module, ModuleFacts)
    call = next(c for c in module.of(ast.Call) if isinstance(c.func, ast.Name) and c.func.id == "mark")
    origin = module.resolve(call.args[0])
    if origin is None:
        return None
    return origin.dotted + ("()" if origin.made else "") + (" (local)" if origin.local else "")


@pytest.mark.parametrize("name", CASES)
def test_origin(name: str) -> None:
    source, expected = CASES[name]
    assert marked(source) == expected


def test_names_follow_re_exports() -> None:
    module = module_facts("t.py", b"from app import Registry\nRegistry.get\n", PROJECT)
    assert isinstance(module, ModuleFacts)
    attribute = module.of(ast.Attribute)[0]
    assert module.names(attribute) == ("app.Registry.get", "app.core.Registry.get")
    assert module.matches(attribute, ("core.Registry.get",)) == "core.Registry.get"
    assert module.matches(attribute, ("egistry.get",)) is None


def test_names_made_twice_of_one_another_do_not_double_the_work() -> None:
    """Each step has two ways: 2 ** 22 of them, were each node not worked out once."""
    steps = "".join(f"  if c:\n    x{n} = x{n - 1}\n  else:\n    x{n} = x{n - 1}\n" for n in range(1, 22))
    assert marked(f"from app import A\ndef f(c):\n  x0 = A\n{steps}  mark(x21)") == "app.A"


def test_names_that_go_in_circles_end() -> None:
    fields = "".join(
        f"  def f{n}(self):\n    v{n} = self.a\n    if v{n}:\n      v{n} = self.b\n    self.a = v{n}\n"
        f"    self.b = v{n}\n"
        for n in range(12)
    )
    assert marked(f"class C:\n{fields}  def g(self):\n    mark(self.a)") == "pkg.tests.test_m.C.a (local)"


def test_chains_that_never_end_are_cut() -> None:
    for source in (
        "x = y\ny = x\nmark(x)",
        "class A(A): ...\nmark(A().b.c)",
        "def f():\n  return g()\ndef g():\n  return f()\nmark(f())",
        "x = x.a.b\nmark(x)",
        "mark(a" + ".b" * 500 + ")",
    ):
        marked(source)
    circle = ProjectFacts(aliases={"a.X": "b.X", "b.X": "a.X"})
    assert list(circle.names("a.X")) == ["a.X", "b.X"]


BINDERS = """
import a.b, c as d
from e import f as g
x = 1
y: int = 2
z += 3
h, (i, *j) = k = 4
for l in m:
    n = 5
else:
    o = 6
while p:
    q = 7
with r as s, t as (u, v):
    w = 8
try:
    aa = 9
except E as bb:
    cc = 10
else:
    dd = 11
finally:
    ee = 12
match subject:
    case [ff, {"k": gg, **hh}] as ii if jj:
        kk = 13
    case Cls(attr=ll) | ll:
        pass
def mm(nn=1): oo = 14
class pp: qq = 15
del rr
async def ss(): tt = 16
"""


def test_the_fast_way_collects_what_the_thorough_one_does() -> None:
    tree = ast.parse(BINDERS)
    for scope in (
        tree,
        *(node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))),
    ):
        thorough, fast = collect(scope, "p"), collect(scope, "p", walrus=False)
        assert fast == thorough
    assert " ".join(sorted(collect(tree, "p", walrus=False).names)) == (
        "a aa bb cc d dd ee ff g gg h hh i ii j k kk l ll mm n o pp q rr s ss u v w x y z"
    )
