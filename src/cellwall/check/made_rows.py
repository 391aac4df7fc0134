"""Which calls make a row that is added to a database, of which model, with which columns given."""

import ast
from typing import Final, NamedTuple

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import method_called
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled

_ADDING: Final = (".add", ".add_all", ".bulk_create", ".abulk_create", ".bulk_save_objects", ".save")
_CREATING: Final = frozenset({"create", "acreate"})
# What a gate looks for: one of these stands where a row is made, or where it is added later.
ADDS_ROW: Final = (
    b"add_all",
    b"bulk_create",
    b"bulk_save_objects",
    method_called(
        *b"add create save values insert merge aadd acreate asave ainsert amerge".split(),
    ),
)
_INSERTS: Final = (
    "sqlalchemy.insert",
    "sqlalchemy.sql.expression.insert",
    "sqlalchemy.dialects.postgresql.insert",
)


class MadeRow(NamedTuple):
    """A new row: the expression that names its model, and what the call says of its columns."""

    model: ast.expr
    given: tuple[ast.keyword, ...]


def made_row(module: ModuleFacts, call: ast.Call) -> MadeRow | None:
    """Give the row that a call makes and that is added, None for any other call."""
    match call.func:
        case ast.Attribute(value=ast.Attribute(value=model, attr="objects"), attr=name) if (
            name in _CREATING and not call.args  # with arguments by their place it is a manager of its own
        ):
            return MadeRow(model, tuple(call.keywords))
        case ast.Attribute(value=ast.Call(func=func, args=[model, *_]), attr="values") if (
            module.matches(func, _INSERTS) is not None
        ):
            return MadeRow(model, tuple(call.keywords))
        case ast.Name(id=name) if name[:1].isupper() and _is_added(module, call):
            return MadeRow(call.func, tuple(call.keywords))
    return None


def _is_added(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether what a call makes is added where it stands, or is given a name."""
    parent = module.nodes.parent(call)
    while isinstance(parent, (ast.List, ast.ListComp, ast.GeneratorExp, ast.Tuple)):
        parent = module.nodes.parent(parent)
    if isinstance(parent, ast.Call):
        return spelled(parent.func).endswith(_ADDING)
    return isinstance(parent, ast.Assign) and _is_added_later(module, call, parent)


def _is_added_later(module: ModuleFacts, call: ast.Call, named: ast.Assign) -> bool:
    """Tell whether a row that gets a name is saved or given to something that adds it."""
    function = module.function(call)
    if function is None:
        return False
    kept = {spelled(target) for target in named.targets}
    for later in own(module, function, ast.Call):
        if not isinstance(later.func, ast.Attribute) or not _LATER.match(later.func.attr):
            continue
        given = {spelled(node) for value in later.args for node in walk(value) if isinstance(node, ast.expr)}
        if kept & (given | {spelled(later.func.value)}):
            return True
    return False


_LATER: Final = deferred(r"^a?(add|add_all|save|insert|merge|bulk_create|bulk_save_objects)$")
