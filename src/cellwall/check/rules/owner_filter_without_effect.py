"""CW407: a condition on the owner's column that restricts nothing."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import in_any_case
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import is_named
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import names_owner_column


@final
class OwnerFilterWithoutEffect:
    """A condition on the owner's column that restricts nothing.

    What it does:
        Finds an owner's column (`user_id`, `owner`, `tenant_id`) that is compared with itself, also in
        SQL; a condition on it in `filter` or `where` that is joined by Python's `and` or `or`, which
        keep one side only; one that stands in an `or_` beside `True`; `is not`, and the bare column,
        instead of a comparison; and a query that is narrowed to an owner and thrown away.

    Why it leaks:
        The code looks as if it asked whose the rows are, and reads everybody's. Python's `and` between
        two conditions of SQLAlchemy gives the first one, `or` the last one. `filter` does not change a
        query, it gives a new one.

    Example:
        db.query(Note).filter(Note.id == note_id and Note.user_id == user.id)

    Use instead:
        db.query(Note).filter(Note.id == note_id, Note.user_id == user.id)

    Fix safety:
        Never repaired: the answer of the query changes.
    """

    name: ClassVar[str] = "owner-filter-without-effect"
    code: ClassVar[str] = "CW407"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def mine(db, user):\n    return db.query(Note).filter(Note.user_id == user.id, Note.old)\n",
            path="app/notes.py",
        ),
        Example(
            "from sqlalchemy import or_\n\n\ndef visible(db, user):\n"
            "    return db.query(Note).filter(or_(Note.user_id == user.id, Note.public))\n",
            path="app/notes.py",
        ),
        Example(
            "def shared(db):\n    return db.query(Note).join(Team, Note.owner_id == Team.owner_id)\n",
            path="app/notes.py",
        ),
        Example(
            "def mine(query, user):\n    query = query.filter(Note.user_id == user.id)\n"
            "    return query.all()\n",
            path="app/notes.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "def note(db, note_id, user):\n"
            "    return db.query(Note).filter(Note.id == note_id and Note.user_id == user.id).one()\n",
            path="app/notes.py",
        ),
        Example(
            "def mine(db, user_id):\n    return db.query(Note).filter(Note.user_id == Note.user_id).all()\n",
            path="app/notes.py",
        ),
        Example(
            "from sqlalchemy import or_, true\n\n\ndef mine(db, user):\n"
            "    return db.query(Note).filter(or_(Note.user_id == user.id, true())).all()\n",
            path="app/notes.py",
        ),
        Example(
            "def mine(db, user):\n    query = db.query(Note)\n    query.filter(Note.user_id == user.id)\n"
            "    return query.all()\n",
            path="app/notes.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the beginnings of the columns' names; an equal sign stands in nearly every file."""
        return IN_SERVICE & Gate.any_of(*_COLUMNS, _IN_SQL)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each condition that is none."""
        if module.is_test or never_in_service(module.path):
            return
        for compared in module.of(ast.Compare):
            if _is_with_itself(compared):
                message = f"`{ast.unparse(compared.left)}` is compared with itself: this is true of every row"
                yield finding(self, module, compared, message)
        for call in module.of(ast.Call):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in _NARROWING:
                continue
            if _is_thrown_away(module, call):
                message = "this gives a new query, which nothing uses: the old one still finds all rows"
                yield finding(self, module, call, message)
            for node, message in _without_effect(module, call):
                yield finding(self, module, node, message)
        for text in module.of(ast.Constant):
            if isinstance(text.value, str) and _SQL.search(text.value):
                message = "the owner's column is compared with itself: this is true of every row"
                yield finding(self, module, text, message)


# What names_owner_column knows begins with one of these; names in capitals are none of columns.
_COLUMNS: Final = (
    b"user",
    b"owner",
    b"owned",
    b"created",
    b"tenant",
    b"account",
    b"customer",
    b"org",
    b"workspace",
)
_IN_SQL: Final = in_any_case(
    b"user_id", b"owner_id", b"tenant_id", b"account_id", b"customer_id", b"org_id", b"workspace_id"
)
_NARROWING: Final = frozenset({"filter", "where", "filter_by"})
_SQL: Final = deferred(
    r"(?is)^\s*(?:select|update|delete|with)\b.*(?<![\w.:])((?:\w+\.)?"
    r"(?:user|owner|tenant|account|customer|org|workspace)_id)\s*=\s*\1(?![\w.(])"
)


def _is_column(node: ast.AST) -> bool:
    """Tell whether an expression is an owner's column of something."""
    return isinstance(node, ast.Attribute) and node.attr[:1].islower() and names_owner_column(node.attr)


def _is_with_itself(node: ast.Compare) -> bool:
    if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)) or not _is_column(node.left):
        return False
    return ast.dump(node.left) == ast.dump(node.comparators[0])


def _of_model(node: ast.AST) -> bool:
    """Tell whether an expression is an owner's column of a model's class, as in `Note.user_id`."""
    if not isinstance(node, ast.Attribute) or not _is_column(node):
        return False
    value = (
        node.value.value if isinstance(node.value, ast.Attribute) and node.value.attr == "c" else node.value
    )
    last = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
    return last[:1].isupper() or value is not node.value


def _names_owner(node: ast.AST) -> bool:
    """Tell whether a condition compares an owner's column of a model."""
    return any(
        isinstance(part, ast.Compare) and any(_of_model(side) for side in (part.left, *part.comparators))
        for part in walk(node)
    )


def _is_thrown_away(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a query is narrowed to an owner in a statement of its own, which changes nothing."""
    if not isinstance(module.nodes.parent(call), ast.Expr):
        return False
    return any(_names_owner(value) for value in call.args)


def _without_effect(module: ModuleFacts, call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    """Give the conditions of a query that name an owner and do not restrict it, each with the reason."""
    for condition in call.args:
        for node in walk(condition):
            match node:
                case ast.BoolOp(op=ast.And(), values=[kept, *dropped]) if _compares_column(kept):
                    if any(map(_names_owner, dropped)):
                        yield node, "Python's `and` keeps only the first of these conditions"
                case ast.BoolOp(op=ast.Or(), values=[*dropped, _]) if any(map(_names_owner, dropped)):
                    yield node, "Python's `or` keeps only the last of these conditions"
                case ast.Call(args=sides) if _is_or(module, node):
                    if any(_is_true(module, side) for side in sides) and any(map(_names_owner, sides)):
                        yield node, "one of these is always true: the owner's column restricts nothing"
                case ast.Compare(left=left, ops=[ast.IsNot()]) if _of_model(left):
                    yield node, "`is not` compares the column itself, and is always true"
        if _of_model(condition):
            yield condition, "the bare column is true of every row that has an owner, whoever that is"


def _compares_column(node: ast.expr) -> bool:
    """Tell whether a condition is a model's column and `==`, false where Python asks for its truth."""
    match node:
        case ast.Compare(left=ast.Attribute(value=ast.Name(id=model)), ops=[ast.Eq()]):
            return model[:1].isupper()
    return False


def _is_or(module: ModuleFacts, call: ast.Call) -> bool:
    return is_named(module, call.func, ("or_",))


def _is_true(module: ModuleFacts, node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=True):
            return True
        case ast.Call(func=func, args=[]):
            return is_named(module, func, ("true",))
    return False
