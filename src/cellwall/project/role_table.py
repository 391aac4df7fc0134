"""Reads `[tool.cellwall.roles]` into roles; every template is checked before anything is rewritten."""

from types import MappingProxyType
from typing import Final

from cellwall.project.roles import ROLE_NAMES, Role, Roles
from cellwall.project.table import Table
from cellwall.project.template import TemplateError, check_expression, check_import

_SPELLING: Final = (
    "import",
    "create",
    "awaited",
    "in_loop",
    "plain",
    "members",
    "coroutines",
    "takes",
    "drops",
)


def read_roles(table: Table) -> Roles:
    """Give the configured roles only.

    Raises:
        ConfigError: an unknown role or key, or a template that cannot be used.
    """
    table.only(ROLE_NAMES)
    return Roles(MappingProxyType({name: _role(name, table.table(name)) for name in table.keys()}))  # noqa: SIM118


def _role(name: str, table: Table) -> Role:
    table.only((*_SPELLING, "replaces", "reached_by", "otherwise"))
    role = _spelled(name, table)
    others = (_spelled(name, other.only(_SPELLING)) for other in table.tables("otherwise"))
    shared = [other._replace(replaces=role.replaces, reached_by=role.reached_by) for other in others]
    return role._replace(otherwise=tuple(shared))


def _spelled(name: str, table: Table) -> Role:
    create = table.text("create").strip()
    imports = tuple(line.strip() for line in table.texts("import"))
    try:
        check_expression(create)
    except TemplateError as error:
        table.fail(str(error), "create")
    try:
        for line in imports:
            check_import(line)
    except TemplateError as error:
        table.fail(str(error), "import")
    return Role(
        name,
        imports,
        create,
        awaited=table.flag("awaited", False),
        in_loop=table.flag("in_loop", False),
        plain=table.flag("plain", False),
        replaces=_names(table, "replaces", dotted=True),
        members=_names(table, "members", dotted=False),
        coroutines=_names(table, "coroutines", dotted=False),
        takes=_names(table, "takes", dotted=False),
        drops=_names(table, "drops", dotted=False),
        reached_by=_names(table, "reached_by", dotted=True),
        line=table.line(),
    )


def _names(table: Table, key: str, *, dotted: bool) -> tuple[str, ...]:
    names = table.texts(key)
    for name in names:
        parts = name.split(".") if dotted else [name]
        if not all(part.isidentifier() for part in parts):
            table.fail(f"{name!r} is not a {'dotted ' if dotted else ''}name", key)
    return names
