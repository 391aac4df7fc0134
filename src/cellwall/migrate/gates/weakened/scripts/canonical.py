"""Code of scripts as one text that comments and layout do not change. Decides without I/O."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# What is taken as it stands: a space in it means something.
_WHOLE: Final = frozenset({"string", "template_string", "regex", "jsx_text", "number"})


def canonical(node: "SgNode") -> str:
    """Give the tokens of a node, comments left out, with one space between them; closing semicolons too."""
    tokens: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        kind, inside = one.kind(), one.children()
        if kind in ("comment", ";"):
            continue
        if kind in _WHOLE or not inside:
            tokens.append(one.text())
        else:
            waiting += reversed(inside)
    return " ".join(token for token in tokens if token)
