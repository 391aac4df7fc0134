"""What a class must spell to live as long as the service is seen in any layout; most files spell nothing."""

import ast

import pytest

from cellwall.check.class_lifetime import Lifetime, class_lifetime
from cellwall.check.file_kind import FileKind
from cellwall.check.gaps import followed_by
from cellwall.check.gate import Gate, GatedSource
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_registry import own_rules
from cellwall.check.service_gates import MAY_OUTLIVE_REQUESTS
from cellwall.check.settings import CheckSettings

LONG_LIVED = [
    "class A(BaseHTTPMiddleware): pass\n",
    "import celery\nclass A(celery . Task): pass\n",
    "from litestar import Controller as C\nclass A(C): pass\n",
    "class A:\n    def __call__(self, scope, receive, send): pass\n",
    "class A:\n    def __call__(self, environ, start_response): pass\n",
    "class A(metaclass=SingleTonMeta): pass\nclass B(metaclass=Singleton): pass\n",
    "@SingleTon\nclass A: pass\n",
    "class A:\n    def shared(cls):\n        cls . instance = 1\n",
    "class A: pass\nkept = A()\n",
    "class \\\n  A: pass\nkept: A = (A # one\n)()\n",
    "class A: pass\nimport os; kept = A()\n",
    "class A: pass\nkept = (  # one\n    A())\n",
    "class A: pass\nkept: dict[\n    str, A] = A()\n",
    "kept: dict[\n    str, A] = A()\nclass A: pass\n",  # from the first line on
    "class A: pass\nkept \\\n  = A()\n",
    "class A: pass\nkept: \\\n  A = A()\n",
    "class A: pass\nx = 1;\\\n  kept = (A)()\n",
    "class A: pass\n\fkept = A()\n",
    "\ufeffkept = A()\nclass A: pass\n",
    "class A: pass\ndef start(app):\n    app. state .kept = A()\n",
]
SHORT_LIVED = [
    "x = 1\n",
    "class A:\n    def run(self):\n        self.one = isinstance(self, A)\n",
    "class A: pass\ndef make():\n    return A()\n",
    "class A: pass\ndef make():\n\n    # one\n\n    made = A()\n    return made\n",
]


def may_outlive_requests(source: str) -> bool:
    gated = GatedSource(source.encode(), FileKind.SERVICE)
    return gated.passes(Gate.any_of(*MAY_OUTLIVE_REQUESTS))


@pytest.mark.parametrize("source", LONG_LIVED)
def test_what_lives_long_gets_through(source: str) -> None:
    module = module_facts("app/a.py", source.encode(), ProjectFacts(), is_test=False)
    assert isinstance(module, ModuleFacts)
    assert any(class_lifetime(module, cls).lifetime is Lifetime.SERVICE for cls in module.of(ast.ClassDef))
    assert may_outlive_requests(source)
    assert may_outlive_requests(source.replace("\n", "\r\n"))


@pytest.mark.parametrize("source", SHORT_LIVED)
def test_what_does_not_stays_out(source: str) -> None:
    assert not may_outlive_requests(source)


@pytest.mark.parametrize("source", [b"get()", b"get # no\n ()", b"get \\\n()", b"(x.get)()"])
def test_what_follows_a_name_may_stand_further_on(source: bytes) -> None:
    assert followed_by(b"get", rb"\(").search(source)
    assert not followed_by(b"get", rb"\(").search(source.replace(b"(", b"[").replace(b"[x", b"(x"))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("before", [b"x.token", b"var.get(", b"default=", b"A = ", b"def f(a=", b"self.a"])
def test_long_comments_keep_no_gate_busy(settings: CheckSettings, before: bytes) -> None:
    source = b"class A: pass\n" + before + b"\n" + b"#" * 150 + b"# \\ (" * 30 + b"\n[:1])"
    gated = GatedSource(source, FileKind.SERVICE)
    for rule in own_rules():
        gated.passes(rule.gate(settings))
