"""Tests, suites and hooks of a script, as node's runner, Jest, Vitest, Mocha and Playwright spell them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cellwall.check.javascript.script import FUNCTIONS, Script, literal_text, named_arguments

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TESTS: Final = frozenset({"it", "test", "specify"})
_SUITES: Final = frozenset({"describe", "suite", "context"})
_EACH: Final = frozenset({"beforeEach", "afterEach"})
_ALL: Final = frozenset({"beforeAll", "afterAll", "before", "after"})
_MODES: Final = frozenset({"only", "skip", "todo", "concurrent", "serial", "failing", "fails"})


@dataclass(frozen=True)
class Block:
    """One call that declares something: `kind` is test, suite, each or all; `name` what is called."""

    kind: str
    name: str
    title: str
    call: "SgNode"
    function: "SgNode"


def blocks(script: Script) -> tuple[Block, ...]:
    """Give the tests, suites and hooks of a script in source order."""
    return script.fact(_blocks)


def _blocks(script: Script) -> tuple[Block, ...]:
    found = (_block(call) for call in script.of("call_expression"))
    return tuple(one for one in found if one is not None)


def _block(call: "SgNode") -> Block | None:
    callee = call.field("function")
    name = _called(callee) if callee is not None else ""
    kind = next(
        (kind for kind, names in _KINDS if name in names),
        "",
    )
    given = named_arguments(call) if kind else []
    function = next((one for one in reversed(given) if one.kind() in FUNCTIONS), None)
    if not kind or function is None:
        return None
    title = literal_text(given[0]) or "" if given else ""
    return Block(kind, name, title, call, function)


_KINDS: Final = (("test", _TESTS), ("suite", _SUITES), ("each", _EACH), ("all", _ALL))


def _called(callee: "SgNode") -> str:
    """Give the name behind `it`, `it.only`, `test.describe`, `it.each(...)`."""
    if callee.kind() == "identifier":
        return str(callee.text())
    if callee.kind() == "call_expression":  # it.each([...])("title", ...)
        inner = callee.field("function")
        each = inner is not None and inner.text().endswith(".each")
        held = inner.field("object") if inner is not None and each else None
        return _called(held) if held is not None else ""
    if callee.kind() == "member_expression":
        held, part = callee.field("object"), callee.field("property")
        if held is None or part is None:
            return ""
        if part.text() in _MODES:
            return _called(held)
        known = any(part.text() in names for _, names in _KINDS)
        return part.text() if known and held.text() in _TESTS else ""
    return ""


def block_around(script: Script, node: "SgNode", *kinds: str) -> Block | None:
    """Give the innermost block of these kinds whose function holds a node."""
    place = node.range().start.index
    inside = [
        one
        for one in blocks(script)
        if one.kind in kinds and one.function.range().start.index <= place < one.function.range().end.index
    ]
    return inside[-1] if inside else None
