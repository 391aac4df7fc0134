"""A role's expression as text for one place: placeholders filled, names as they are bound there."""

import ast
import io
import tokenize
from collections.abc import Mapping
from typing import Final, NamedTuple

from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.reason import Reason
from cellwall.check.role_import import names_for
from cellwall.check.rule import Refusal
from cellwall.project.roles import Role

PLACEHOLDERS: Final = ("context", "name", "user_id", "token", "arguments", "old")
_ARGUMENTS: Final = deferred(r",\s*\{arguments\}|\{arguments\}\s*,?\s*")
_PRIMARY: Final = (ast.Call, ast.Attribute, ast.Name, ast.Subscript, ast.Constant)


class RoleExpression(NamedTuple):
    """An expression that can stand anywhere a call can, and the imports that are missing for it."""

    text: str
    imports: tuple[str, ...]


def placeholders(role: Role) -> frozenset[str]:
    """Give the placeholders that a role's expression has."""
    return frozenset(name for name in PLACEHOLDERS if f"{{{name}}}" in role.create)


def role_expression(
    module: ModuleFacts, at: ast.AST, role: Role, values: Mapping[str, str]
) -> RoleExpression | Refusal:
    """Write a role's expression for the place `at`; `values` fill the placeholders with source text.

    `user_id` is given as plain text and becomes a string literal, or a part of one.
    """
    try:
        names = names_for(module, at, role.imports)
    except SyntaxError:
        return Refusal(Reason.NO_ROLE, f"an import of the role {role.name} does not parse")
    if isinstance(names, str):
        return Refusal(Reason.LOCAL_DOUBLE, f"the name {names} means something else here")
    template = role.create if values.get("arguments") else _ARGUMENTS.sub("", role.create)
    for name in PLACEHOLDERS:
        template = template.replace(f"{{{name}}}", _marker(name))
    try:
        renamed = _rename(template, {old: new.here for old, new in names.items()})
        text = _fill(renamed, values)
        body = ast.parse(text, mode="eval").body
    except (SyntaxError, tokenize.TokenError):
        reason = Reason.ARGUMENTS if values.get("arguments") else Reason.NO_ROLE
        return Refusal(reason, f"the expression of the role {role.name} does not parse here")
    plain = isinstance(body, _PRIMARY)
    imports = tuple(name.statement for name in names.values() if name.statement)
    return RoleExpression(text if plain else f"({text})", imports)


def _marker(name: str) -> str:
    return f"cellwall_{name}_placeholder"


def _rename(template: str, names: Mapping[str, str]) -> str:
    """Replace free names in the template by what they are called here."""
    data = template.encode()
    tree = ast.parse(template, mode="eval")
    places = [node for node in walk(tree) if isinstance(node, ast.Name) and node.id in names]
    lines = data.splitlines(keepends=True)
    for node in sorted(places, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        line, end = lines[node.lineno - 1], node.end_col_offset
        lines[node.lineno - 1] = line[: node.col_offset] + names[node.id].encode() + line[end:]
    return b"".join(lines).decode()


def _fill(template: str, values: Mapping[str, str]) -> str:
    """Put the values in; inside a string literal a user id goes in without quotes."""
    user_id = values.get("user_id", "")
    marker = _marker("user_id")
    pieces: list[str] = []
    previous = 0
    for token in tokenize.generate_tokens(io.StringIO(template).readline):
        if token.type == tokenize.STRING and marker in token.string and token.start[0] == 1:
            start, end = token.start[1], token.end[1]
            pieces += [template[previous:start], template[start:end].replace(marker, user_id)]
            previous = end
    text = "".join([*pieces, template[previous:]]).replace(marker, f'"{user_id}"')
    for name in ("context", "name", "token", "arguments", "old"):
        text = text.replace(_marker(name), values.get(name, ""))
    return text
