"""Quotes what a test asserts, in the words in which it stands there: all of it, or the part that matters."""

import ast
import re
from typing import Final

from cellwall.check.asserted import Asserted, Part
from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.stated_isolation import LABEL

_LONGEST: Final = 90
_UNQUOTABLE: Final = deferred(r"[;`\\\x00-\x1f\x7f\u2028\u2029]|\"\"\"|'''|" + LABEL)
# That something is there, or is of a class, says nothing of whose it is.
_TRIVIAL: Final = deferred(
    r"is not None$|^(?:hasattr|isinstance|callable|assertIsNotNone)\(|^\w+$", re.DOTALL
)


def quoted_boundary(module: ModuleFacts, asserted: Asserted, call: ast.Call) -> str:
    """Say what an assertion asserts of what a call gives, "" where it asserts nothing that can be quoted."""
    whole = asserted.whole
    if whole is not None and _TRIVIAL.search(module.text(whole).removeprefix("self.")):
        return ""
    if asserted.around is not None and call in asserted.around[1] and whole is not None:
        return _around(module, whole, asserted.around[0])
    text = _quotable(module, whole) if whole is not None and "\n" not in module.text(whole) else ""
    if text:
        return f"the test asserts `{text}`"
    side = _first(module, asserted.compared, call)
    if side:
        return f"the test compares `{side}`"
    part = _first(module, asserted.parts, call)
    return f"an assertion of the test depends on `{part}`" if part else ""


def _around(module: ModuleFacts, expected: ast.expr, inner: ast.expr) -> str:
    parent = module.nodes.parent(inner)
    error = _quotable(module, expected)
    text = _quotable(module, parent if isinstance(parent, ast.Await) else inner)
    return f"the test asserts `{error}` around `{text}`" if error and text else ""


def _first(module: ModuleFacts, parts: tuple[Part, ...], call: ast.Call) -> str:
    texts = (_quotable(module, part) for part, sources in parts if call in sources)
    return next((text for text in texts if text), "")


def _quotable(module: ModuleFacts, node: ast.expr) -> str:
    """Give the source of an expression on one line, "" where that is too long or would end the docstring."""
    text = " ".join(line.strip() for line in module.text(node).splitlines())
    text = text.removeprefix("self.") if text.startswith("self.assert") else text
    if len(text) > _LONGEST or _UNQUOTABLE.search(text):
        return ""
    return text if "\n" not in module.text(node) or _same(text, node) else ""


def _same(text: str, node: ast.expr) -> bool:
    """Tell whether an expression says the same when its lines are joined."""
    try:
        return ast.dump(ast.parse(text, mode="eval").body) == ast.dump(node)
    except SyntaxError:
        return False
