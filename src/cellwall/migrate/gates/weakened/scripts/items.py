"""What stands in the body of a script, a suite or a test, statement by statement. Decides without I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cellwall.check.javascript.script import Script, walk
from cellwall.check.javascript.suites import Block, blocks
from cellwall.migrate.gates.weakened.scripts.canonical import canonical

if TYPE_CHECKING:
    from ast_grep_py import SgNode

DECLARATIONS: Final = frozenset({"lexical_declaration", "variable_declaration"})
_EACH_OF: Final = {"before": "beforeEach", "beforeAll": "beforeEach"}


@dataclass(frozen=True)
class Item:
    """One statement.

    Attributes:
        kind: suite, test, each, all (hooks), import, declaration or code.
        head: what must stay: for a block its call without the function's body, else the whole text.
        node: the statement; `body` the block's function body.
    """

    kind: str
    head: str
    line: int
    node: "SgNode"
    block: Block | None = None

    @property
    def body(self) -> "SgNode | None":
        """The body of the block's function, None for what is no block."""
        return self.block.function.field("body") if self.block is not None else None


def items_of(script: Script, body: "SgNode") -> list[Item]:
    """Give the statements of a body; an arrow function's expression is one statement."""
    known = {block.call.range().start.index: block for block in blocks(script)}
    inside = [one for one in body.children() if one.is_named() and one.kind() != "comment"]
    if body.kind() not in ("program", "statement_block"):
        inside = [body]
    return [_item(one, known) for one in inside if one.kind() != "empty_statement"]


def _item(node: "SgNode", known: dict[int, Block]) -> Item:
    line, kind = node.range().start.line + 1, node.kind()
    block = known.get(node.range().start.index)
    whole = canonical(node)
    if block is not None and (kind == "call_expression" or _is_only_call(node, block)):
        inside = block.function.field("body")
        place = whole.rfind(canonical(inside)) if inside is not None else -1
        head = whole[:place] + "…" + whole[place + len(canonical(inside)) :] if inside is not None else whole
        return Item(block.kind, head, line, node, block)
    if kind == "import_statement":
        return Item("import", whole, line, node)
    return Item("declaration" if kind in DECLARATIONS else "code", whole, line, node)


def _is_only_call(node: "SgNode", block: Block) -> bool:
    inside = [one for one in node.children() if one.is_named() and one.kind() != "comment"]
    same = len(inside) == 1 and inside[0].range().start.index == block.call.range().start.index
    return node.kind() == "expression_statement" and same


def made_for_each(head: str) -> str:
    """Give the head of a hook that runs once as it would be for each test; the same for any other.

    >>> made_for_each("before ( ( ) => … )")
    'beforeEach ( ( ) => … )'
    """
    name, _, rest = head.partition(" ")
    return f"{_EACH_OF[name]} {rest}" if name in _EACH_OF else head


def declared(item: Item) -> Iterator[tuple[str, str]]:
    """Give name and canonical value ("" for none) of what a declaration declares."""
    for place in item.node.children():
        if place.kind() == "variable_declarator":
            name, value = place.field("name"), place.field("value")
            yield canonical(name) if name is not None else "", canonical(value) if value is not None else ""


def assigned(items: list[Item]) -> Iterator[tuple[str, str]]:
    """Give name and canonical value of plain assignments among statements."""
    for item in items:
        inside = [one for one in item.node.children() if one.kind() == "assignment_expression"]
        left, right = (
            (inside[0].field("left"), inside[0].field("right")) if len(inside) == 1 else (None, None)
        )
        if left is not None and right is not None and left.kind() == "identifier":
            yield left.text(), canonical(right)


def names_in(node: "SgNode") -> set[str]:
    """Give every identifier of a node."""
    kinds = ("identifier", "shorthand_property_identifier", "type_identifier")
    return {one.text() for one in walk(node) if one.kind() in kinds}
