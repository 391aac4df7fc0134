"""The order of a new module: what its tests use stands before the first of them."""

import ast


def helpers_first(body: str) -> str:
    """Give the same functions, those that are no tests before the tests; each kind in the order it had."""
    lines = body.splitlines()
    nodes = ast.parse(body).body
    starts = [min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) for node in nodes]
    ends = [*starts[1:], len(lines) + 1]
    pieces = ["\n".join(lines[a - 1 : b - 1]).strip("\n") for a, b in zip(starts, ends, strict=True)]
    ordered = sorted(zip(nodes, pieces, strict=True), key=lambda pair: _is_test(pair[0]))
    return "\n\n\n".join(piece for _, piece in ordered)


def _is_test(node: ast.stmt) -> bool:
    return getattr(node, "name", "").lower().startswith("test")
