"""States the isolation of tests whose shared things a repair made their own: a comment in each of them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit, apply_edits
from cellwall.check.javascript.made_anew import is_made_anew
from cellwall.check.javascript.script import Script, read_script, walk
from cellwall.check.javascript.shared_by_tests import shared_variables, tests_using
from cellwall.check.javascript.suites import Block, blocks
from cellwall.check.javascript.variables import Variable

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MARK: Final = "Isolation:"
_ASSERTS: Final = deferred(r"^(assert|expect)\b")


def with_script_statements(path: str, before: bytes, after: bytes) -> bytes:
    """Give `after` with a true statement in each test that uses what was shared before and is its own now."""
    old, new = read_script(path, before), read_script(path, after)
    if not isinstance(old, Script) or not isinstance(new, Script) or before == after:
        return after
    edits = [
        edit
        for test, names in touched_scripts_tests(old, new)
        if not states_isolation(test) and (edit := _stating(new, test, names)) is not None
    ]
    stated = apply_edits(after, edits)
    return stated if isinstance(read_script(path, stated), Script) else after


def touched_scripts_tests(old: Script, new: Script) -> list[tuple[Block, tuple[str, ...]]]:
    """Give the tests that use what a repair made their own, each with the names of it, in source order."""
    shared = {(one.name, _title(old, one)) for one in shared_variables(old) if not is_made_anew(old, one)}
    own = [
        one
        for one in shared_variables(new)
        if (one.name, _title(new, one)) in shared and is_made_anew(new, one)
    ]
    names: dict[int, list[str]] = {}
    for variable in own:
        for test in tests_using(new, variable):
            names.setdefault(test.call.range().start.index, []).append(variable.name)
    found = ((test, names.get(test.call.range().start.index)) for test in blocks(new) if test.kind == "test")
    return [(test, tuple(each)) for test, each in found if each]


def states_isolation(test: Block) -> bool:
    """Tell whether a comment of a test says how it keeps users apart."""
    said = [one.text().lstrip("/* \n") for one in test.function.find_all(kind="comment")]
    return any(one.startswith(MARK) for one in said)


def _title(script: Script, variable: Variable) -> str:
    """Give the title of the suite that has a variable, "" for the module's."""
    suite = variable.suite
    return next(
        (
            block.title
            for block in blocks(script)
            if suite is not None and block.function.range().start.index == suite.range().start.index
        ),
        "",
    )


def _stating(script: Script, test: Block, names: tuple[str, ...]) -> Edit | None:
    body = test.function.field("body")
    inside = [one for one in body.children() if one.is_named()] if body is not None else []
    asserted = sorted({name for name in names if _is_asserted(test, name)})
    if body is None or body.kind() != "statement_block" or not inside or not asserted:
        return None
    start, first = script.span(body)[0] + 1, script.span(inside[0])[0]
    line = script.lines.line_start(first)
    indent = script.source[line:first]
    if line <= start or indent.strip():
        return None  # all on one line
    told = ", ".join(f"`{name}`" for name in names)
    are, whose = ("is", "it") if len(names) == 1 else ("are", "them")
    proof = " and ".join(f"`{name}`" for name in asserted)
    text = (
        f"// {MARK} {told} {are} this test's own; `beforeEach` makes {whose} anew for each test; "
        f"what is asserted of {proof} no other test can change."
    )
    return Edit(line, line, indent + text.encode() + script.lines.newline)


def _is_asserted(test: Block, name: str) -> bool:
    return any(name in _names(call) for call in _assertions(test.function))


def _assertions(function: "SgNode") -> "Iterator[SgNode]":
    for call in function.find_all(kind="call_expression"):
        if _ASSERTS.match(call.text()):
            yield call


def _names(node: "SgNode") -> set[str]:
    return {one.text() for one in walk(node) if one.kind() in ("identifier", "shorthand_property_identifier")}
