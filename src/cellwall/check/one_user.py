"""Whether a function speaks of one user only, and whether that user's context keeps the id that made it."""

import ast
from typing import Final

from cellwall.check.asserted_values import called_name
from cellwall.check.deferred_pattern import deferred
from cellwall.check.node_index import walk
from cellwall.check.role_call import Slot
from cellwall.project.roles import Role

ID_NAMES: Final = frozenset({"user_id", "owner_id", "user_email", "email", "api_key"})
OWN_ID: Final = "user_id"
_RUNTIME: Final = "from cellwall import UserExecutionContext"
_USER: Final = deferred(r"(^|_)(users?|owners?|contexts?|ctx|tenants?)_?\d*$")
_PATCHING: Final = frozenset(
    {"setattr", "__setattr__", "delattr", "patch", "object", "multiple", "setitem", "PropertyMock"}
)


def keeps_user_id(role: Role | None) -> bool:
    """Tell whether the role's contexts are known to keep the text they are made from as `user_id`."""
    return role is not None and (role.line == 0 or _RUNTIME in role.imports or OWN_ID in role.members)


def made_from(call: ast.Call, slot: Slot) -> str:
    """Give the text from which a call makes a context, by its place or as `user_id`; "" where it is none."""
    given = slot.given(call)
    if given is None and not call.args:
        given = next((keyword.value for keyword in call.keywords if keyword.arg == OWN_ID), None)
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""


def speaks_of_others(function: ast.AST, name: str, text: str) -> bool:
    """Tell whether a function may speak of another user than the one of `name`, made from `text`."""
    places: dict[str, set[str]] = {}
    for node in walk(function):
        match node:
            case ast.Name(id=other) | ast.arg(arg=other) if other != name and _USER.search(other):
                return True
            case ast.keyword(arg=key, value=value) if key in ID_NAMES and not _is_own(value, name, text):
                return True
            case ast.Call(args=[ast.Constant(value=str(first)), *_]):
                places.setdefault(ast.unparse(node.func), set()).add(first)
    return any(text in found and len(found) > 1 for found in places.values())


def _is_own(value: ast.expr, name: str, text: str) -> bool:
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        return (value.value.id, value.attr) == (name, OWN_ID)
    return isinstance(value, ast.Constant) and value.value == text


def is_set_anew(tree: ast.AST) -> bool:
    """Tell whether any code of a module gives an object another `user_id`, or may."""
    for node in walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == OWN_ID and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Call) and called_name(node.func) in _PATCHING and _names_the_id(node):
            return True
        if isinstance(node, ast.Attribute) and node.attr == "__dict__":
            return True
        if isinstance(node, ast.Name) and node.id == "vars":
            return True
    return False


def _names_the_id(call: ast.Call) -> bool:
    named = any(keyword.arg == OWN_ID for keyword in call.keywords)
    texts = (arg.value for arg in call.args if isinstance(arg, ast.Constant))
    return named or any(isinstance(text, str) and text.rpartition(".")[2] == OWN_ID for text in texts)
