"""The models of a file whose rows belong to somebody: their owner columns and the name of their table."""

import ast
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import before_name
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.known_name import known_name, last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.origin import snake_case
from cellwall.check.settings import CheckSettings
from cellwall.check.summary import Json
from cellwall.check.telling_names import names_owner_column

Models = dict[str, tuple[tuple[str, ...], str]]


@final
class OwnedModels:
    """Class -> [owner columns, table], for every model of a file that has an owner column."""

    name: ClassVar[str] = "owned-models"

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in a model with a column that may say whose a row is."""
        return (
            NOT_IN_TESTS
            & Gate.any_of(b"Column", b"mapped_column", b"Field", b"ForeignKey", b"Mapped", b"relationship")
            & Gate.any_of(*before_name(b"class"))
        )

    def summarise(self, module: ModuleFacts, settings: CheckSettings) -> Json:
        """Give the models of one file."""
        if module.is_test:
            return None
        found = module.fact(own_models)
        return {name: [list(columns), table] for name, (columns, table) in found.items()} or None


def own_models(module: ModuleFacts) -> Models:
    """Give the models that this module defines and that have an owner column."""
    found: Models = {}
    for cls in module.of(ast.ClassDef):
        bases = [known_name(module, _plain(base)) for base in cls.bases]
        if _OWNER.match(cls.name):
            continue
        if any(_BASE.search(base) and not base.startswith("pydantic.") for base in bases):
            columns = tuple(name for name in _columns(module, cls) if names_owner_column(name))
            if columns:
                found[cls.name] = (columns, _table(cls))
    return found


# Rows that are somebody rather than somebody's: they are looked up to find out who asks.
_OWNER: Final = deferred(
    r"^(Custom)?(User|Account|Tenant|Organi[sz]ation|Org|Workspace|Team|Company|Space|Customer|Member|Membership)$"
)
_BASE: Final = deferred(r"(Model|Base|Entity|Document|Table|ModelBase|LoggedModel)$")
_MAKERS: Final = deferred(
    r"^(Column|mapped_column|Field|relationship|\w*ForeignKey\w*|OneToOneField|\w+Field)$"
)


def _plain(base: ast.expr) -> ast.expr:
    return base.value if isinstance(base, ast.Subscript) else base


def _columns(module: ModuleFacts, cls: ast.ClassDef) -> list[str]:
    found: list[str] = []
    for statement in cls.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made) as call)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=made) as call)
            ) if _MAKERS.match(last_name(module, made)):
                if (last_name(module, made) != "Field" or _is_table(cls)) and not _outlives_person(call):
                    found.append(name)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Subscript(value=kind)):
                if last_name(module, kind) == "Mapped":
                    found.append(name)
    return found


def _outlives_person(call: ast.Call) -> bool:
    """Tell whether rows stay when the person goes: the column says who made a row, not whose it is."""
    return any(
        keyword.arg == "on_delete" and ast.unparse(keyword.value).rpartition(".")[2] == "SET_NULL"
        for keyword in call.keywords
    )


def _is_table(cls: ast.ClassDef) -> bool:
    """Tell whether a class of SQLModel is a table, and not a form of what is sent."""
    return any(keyword.arg == "table" for keyword in cls.keywords)


def _table(cls: ast.ClassDef) -> str:
    for statement in ast.walk(cls):
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="__tablename__" | "db_table")], value=ast.Constant(value=str(name))
            ):
                return name
    return snake_case(cls.name)
