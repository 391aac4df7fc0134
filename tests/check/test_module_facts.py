"""The facts of one module: positions, and memory that is given back without the garbage collector."""

import ast
import gc
import weakref

from cellwall.check.engine import check_module
from cellwall.check.module_facts import ModuleFacts, dotted_name, module_facts
from cellwall.check.parse import ParseError
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings


def facts(source: bytes, path: str = "tests/test_a.py") -> ModuleFacts:
    module = module_facts(path, source, ProjectFacts())
    assert isinstance(module, ModuleFacts)
    return module


def test_texts_and_spans_are_those_of_the_file() -> None:
    source = "\ufeff# ü\r\nx = f('ä',\r\n  1)\r\n".encode()
    module = facts(source)
    call = module.of(ast.Call)[0]
    start, end = module.span(call)
    assert source[start:end].decode() == "f('ä',\r\n  1)" == module.text(call)


def test_what_does_not_parse_says_so() -> None:
    assert isinstance(module_facts("a.py", b"def (", ProjectFacts()), ParseError)


def test_dotted_names() -> None:
    assert dotted_name("pkg/deep/mod.py") == "pkg.deep.mod"
    assert dotted_name("pkg/__init__.py") == "pkg"
    assert facts(b"", "pkg/mod.py").package == "pkg"
    assert facts(b"", "pkg/__init__.py").package == "pkg"


def test_a_checked_module_is_gone_at_once(settings: CheckSettings) -> None:
    """The engine checks thousands of files with the collector off: a cycle would keep every tree."""
    sources = [example.source.encode() for rule in all_rules() for example in rule.INVALID]
    gc.disable()
    try:
        for source in sources:
            module = facts(source)
            check_module(module, all_rules(), settings)
            gone = weakref.ref(module.tree.body[0])
            del module
            assert gone() is None
    finally:
        gc.enable()
