"""One script: its tree, its lines, and the facts that several rules need, each worked out once.

Trees are tree-sitter's, by ast-grep. Its positions count characters; edits and findings count bytes.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar, final

from cellwall.check.javascript.languages import EXTRA, can_parse, is_test_script, language_of
from cellwall.check.lines import BOM, LineIndex
from cellwall.check.parse import ParseError

if TYPE_CHECKING:
    from ast_grep_py import SgNode

T = TypeVar("T")
MAX_BYTES: Final = 2 << 20
LONG_LINE: Final = 20_000  # what a bundler wrote
FUNCTIONS: Final = frozenset(
    {
        "function_declaration", "function_expression", "arrow_function", "method_definition",
        "generator_function", "generator_function_declaration",
    }
)  # fmt: skip


@final
class Script:
    """A script that parsed. `root` is the program; `is_test` whether it belongs to the tests."""

    def __init__(self, path: str, source: bytes, text: str, root: "SgNode") -> None:
        """Keep what is given; facts are worked out when they are asked for."""
        self.path: str = path
        self.source: bytes = source
        self.text: str = text
        self.root: SgNode = root
        self.is_test: bool = is_test_script(path)
        self.lines: LineIndex = LineIndex(source)
        self._facts: dict[object, object] = {}

    def fact(self, work_out: Callable[["Script"], T]) -> T:
        """Give a fact of this script, worked out once."""
        if work_out not in self._facts:
            self._facts[work_out] = work_out(self)
        return self._facts[work_out]  # type: ignore[return-value]

    def of(self, kind: str) -> "list[SgNode]":
        """Give the nodes of a kind in source order."""
        return list(self.root.find_all(kind=kind))

    def span(self, node: "SgNode") -> tuple[int, int]:
        """Give a node's offsets in bytes."""
        place = node.range()
        return self._offset(place.start.index), self._offset(place.end.index)

    @cached_property
    def _ascii(self) -> bool:
        return self.text.isascii()

    @cached_property
    def _bom(self) -> int:
        return len(BOM) if self.source.startswith(BOM) else 0

    def _offset(self, index: int) -> int:
        plain = index if self._ascii else len(self.text[:index].encode())
        return self._bom + plain


def read_script(path: str, source: bytes) -> Script | ParseError | None:
    """Parse a script's raw bytes; None for one that no person wrote (a bundle).

    Any bytes give one of the three results.
    """
    language = language_of(path)
    if language is None or not can_parse():
        return ParseError(1, f"is no script that can be read here ({EXTRA})")
    if len(source) > MAX_BYTES:
        return ParseError(1, f"the file has {len(source):,} bytes, the limit is {MAX_BYTES:,}")
    if any(len(line) > LONG_LINE for line in source.splitlines()):
        return None
    if b"\0" in source:
        return ParseError(source.count(b"\n", 0, source.index(b"\0")) + 1, "the file contains null bytes")
    try:
        text = source.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        return ParseError(source.count(b"\n", 0, error.start) + 1, "the file is not UTF-8")
    from ast_grep_py import SgRoot  # noqa: PLC0415 - an extra, and large

    root = SgRoot(text, language).root()
    broken = next((one for one in root.find_all(kind="ERROR") if not _is_only_ampersand(one)), None)
    if broken is not None:
        return ParseError(broken.range().start.line + 1, "invalid syntax")
    return Script(path, source, text, root)


def _is_only_ampersand(error: "SgNode") -> bool:
    """Tell whether all that is wrong is a bare `&` in the text between tags: only the grammar minds it."""
    around = error.parent()
    return (
        error.text().startswith("&")
        and around is not None
        and around.kind() in ("jsx_element", "jsx_fragment")
    )


def walk(node: "SgNode") -> "Iterator[SgNode]":
    """Give a node and all named nodes below it, in source order."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed([child for child in one.children() if child.is_named()])


def function_around(node: "SgNode") -> "SgNode | None":
    """Give the innermost function around a node."""
    return next((one for one in node.ancestors() if one.kind() in FUNCTIONS), None)


def field_text(node: "SgNode | None", name: str) -> str:
    """Give the text of a node's field, "" where it has none."""
    found = node.field(name) if node is not None else None
    return found.text() if found is not None else ""


def named_arguments(call: "SgNode") -> "list[SgNode]":
    """Give the arguments of a call or `new`, comments left out."""
    arguments = call.field("arguments")
    inside = arguments.children() if arguments is not None else []
    return [one for one in inside if one.is_named() and one.kind() != "comment"]


def literal_text(node: "SgNode") -> str | None:
    """Give the text of a plain string, None for anything else (templates with values too)."""
    template = node.kind() == "template_string" and node.find(kind="template_substitution") is None
    return str(node.text())[1:-1] if template or node.kind() == "string" else None
