"""Whether the arguments of a call can go on to a replacement that says which parameters it takes."""

import ast

from cellwall.project.roles import Role


def misfit(call: ast.Call, role: Role) -> str | None:
    """Give the first argument that the role's expression has no place for, as text; None when all fit."""
    if not role.takes:
        return None
    kept = [argument for argument in call.args if not is_dropped(argument, role.drops)]
    for position, argument in enumerate(kept):
        if position >= len(role.takes) or not _looks_like(argument, role.takes[position]):
            return ast.unparse(argument)
    return next(
        (ast.unparse(k) for k in call.keywords if k.arg not in role.takes and not is_dropped(k, role.drops)),
        None,
    )


def is_dropped(argument: ast.expr | ast.keyword, drops: tuple[str, ...]) -> bool:
    """Tell whether an argument is one of those that the role leaves out: a plain variable of that name."""
    value = argument.value if isinstance(argument, ast.keyword) else argument
    named = value.id if isinstance(value, ast.Name) else ""
    return named in drops or (isinstance(argument, ast.keyword) and argument.arg in drops and bool(named))


def _looks_like(argument: ast.expr, parameter: str) -> bool:
    """Tell whether a value seems meant for a parameter: by its name, or as several things for a plural."""
    if isinstance(argument, (ast.List, ast.Tuple, ast.Set, ast.ListComp)):
        return parameter.endswith("s")
    name = argument.id if isinstance(argument, ast.Name) else getattr(argument, "attr", "")
    return isinstance(name, str) and (name == parameter or name.endswith("_" + parameter))
