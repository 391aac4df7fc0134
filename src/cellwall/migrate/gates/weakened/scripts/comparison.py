"""Holds a script's tests before and after against each other: all that was done is done, in the same order.

As for Python, what a migration may change is a short list: a value that tests shared is made in a hook before
each test; a hook that ran once runs before each; names are imported besides; comments, assertions and
declarations of new names are added. Whatever else differs is told as weaker.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, final

from cellwall.check.javascript.script import Script, walk
from cellwall.check.javascript.suites import blocks
from cellwall.migrate.gates.weakened.scripts.canonical import canonical
from cellwall.migrate.gates.weakened.scripts.items import (
    Item,
    assigned,
    declared,
    items_of,
    made_for_each,
    names_in,
)
from cellwall.migrate.gates.weakened.weakening import Weakening

if TYPE_CHECKING:
    from ast_grep_py import SgNode

# What added code may not speak of: ways to leave a test, or to change what others meet.
_REACHING: Final = re.compile(
    r"\b(skip|todo|only|exit|abort|mock\w*|stub\w*|spyOn|globalThis|global|window|process|eval|Function|"
    r"prototype|defineProperty|assign|setPrototypeOf|return|throw|import|require)\b"
)
_ASSERTS: Final = re.compile(r"^(await )?(assert|expect|t \. assert|chai|should)\b")
_IN_COMMENT: Final = re.compile(r"\b(it|test|describe|expect|assert)(\.\w+)*\s*\(")
_PART: Final = re.compile(r"[{},]")
_HOOKS: Final = frozenset({"before", "beforeAll"})  # an import of them may go with their last call
_HARMLESS_MODULES: Final = frozenset({"node:crypto"})


def compare_scripts(before: Script, after: Script) -> Iterator[Weakening]:
    """Give everything that is weaker in a script than it was."""
    comparison = _Comparison(before, after)
    yield from comparison.bodies(before.root, after.root, "")
    hidden = [_commented_out(script) for script in (before, after)]
    if hidden[1] > hidden[0]:
        yield Weakening(after.path, 1, "", "tests or assertions stand in comments that were not there")


def count_tests(script: Script) -> int:
    """Count the tests of a script."""
    return sum(block.kind == "test" for block in blocks(script))


def count_assertions(script: Script) -> int:
    """Count the calls of `assert` and `expect` of a script."""
    calls = (one.field("function") for one in script.of("call_expression"))
    return sum(bool(one is not None and re.match(r"(assert\b|expect$)", one.text())) for one in calls)


def _commented_out(script: Script) -> int:
    return sum(len(_IN_COMMENT.findall(one.text())) for one in script.of("comment"))


@final
class _Comparison:
    """The comparison of two versions of one script."""

    def __init__(self, before: Script, after: Script) -> None:
        self._before = before
        self._after = after
        self._known = names_in(before.root)
        self._left = names_in(after.root)

    def bodies(self, old: "SgNode", new: "SgNode", title: str) -> Iterator[Weakening]:
        """Compare two bodies statement by statement."""
        olds, news = items_of(self._before, old), items_of(self._after, new)
        made = dict(self._made_in_hooks(news))
        moved = {
            name
            for item in olds
            if item.kind == "declaration"
            for name, value in declared(item)
            if value and made.get(name) == value
        }
        at = 0
        for item in olds:
            place = next((n for n in range(at, len(news)) if self._fits(item, news[n], moved)), None)
            if place is None:
                yield self._weaker(item.line, title, "is not done any more, or otherwise", item)
                continue
            for added in news[at:place]:
                yield from self._added(added, title, moved)
            yield from self._inside(item, news[place], title)
            at = place + 1
        for added in news[at:]:
            yield from self._added(added, title, moved)

    def _fits(self, old: Item, new: Item, moved: set[str]) -> bool:
        if old.kind == "declaration" and new.kind == "declaration":
            return old.head == new.head or self._is_moved(old, new, moved)
        if old.kind == "import" and new.kind == "import":
            gone = _imports(old) - _imports(new) - (_HOOKS - self._left)
            return not gone and _module(old) == _module(new)
        if old.kind in ("each", "all") and new.block is not None:
            whole = canonical(old.node)  # of hooks nothing changes inside, so that each finds itself again
            return canonical(new.node) in (whole, made_for_each(whole) if old.kind == "all" else whole)
        if old.block is not None and new.block is not None:
            return new.head == old.head
        return old.kind == new.kind and old.head == new.head

    def _is_moved(self, old: Item, new: Item, moved: set[str]) -> bool:
        """Tell whether a value only moved into a hook: `const a = V;` became `let a;`."""
        olds, news = list(declared(old)), list(declared(new))
        return len(olds) == 1 and olds[0][0] in moved and news == [(olds[0][0], "")]

    def _made_in_hooks(self, news: list[Item]) -> Iterator[tuple[str, str]]:
        for item in news:
            if item.kind == "each" and item.head.startswith("beforeEach ( ( ) => ") and item.body is not None:
                yield from assigned(items_of(self._after, item.body))

    def _inside(self, old: Item, new: Item, title: str) -> Iterator[Weakening]:
        if old.body is None or new.body is None or old.block is None:
            return
        inner = " > ".join(part for part in (title, old.block.title or old.block.name) if part)
        yield from self.bodies(old.body, new.body, inner)

    def _added(self, item: Item, title: str, moved: set[str]) -> Iterator[Weakening]:
        """Object to a new statement unless it is one of the few that take nothing away."""
        if item.kind == "import" and _module(item).strip("'\"") in _HARMLESS_MODULES:
            return
        if item.kind == "each" and item.body is not None and item.head.startswith("beforeEach ( ( ) => "):
            inside = items_of(self._after, item.body)
            names = [name for name, _ in assigned(inside)]
            if len(names) == len(inside) and set(names) <= moved:
                return
        plain = _REACHING.search(item.head) is None
        if plain and item.kind == "code" and _only_asserts(item):
            return
        if plain and item.kind == "declaration" and not self._rebinds(item):
            return
        yield self._weaker(item.line, title, "is new, and may take something from the tests", item)

    def _rebinds(self, item: Item) -> bool:
        return any(not _is_name(name) or name in self._known for name, _ in declared(item))

    def _weaker(self, line: int, title: str, what: str, item: Item) -> Weakening:
        text = item.node.text().partition("\n")[0][:120]
        return Weakening(self._after.path, line, title, f"a statement {what}", text)


def _only_asserts(item: Item) -> bool:
    """Tell whether a statement is a call of an assertion, and sets nothing on the way."""
    sets = {"assignment_expression", "augmented_assignment_expression", "update_expression"}
    kinds = [one.kind() for one in walk(item.node)]
    called = {"call_expression", "await_expression"} & set(kinds[1:2])
    return bool(called) and sets.isdisjoint(kinds) and _ASSERTS.match(item.head) is not None


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[\w$]+", text) is not None


def _module(item: Item) -> str:
    return item.head.rpartition(" ")[2]


def _imports(item: Item) -> set[str]:
    """Give what an import statement imports and how it begins: {"import", "it", "test as t"}."""
    named = item.head.rpartition(" from ")[0] or item.head
    return {part.strip() for part in _PART.split(named) if part.strip()}
