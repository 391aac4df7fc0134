"""Whether an expression is an instance of a class that is known by its dotted name."""

import ast
from collections.abc import Iterable

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.origin import ends_with


def is_instance(module: ModuleFacts, node: ast.expr, classes: Iterable[str]) -> bool:
    """Tell whether calling one of the classes gave the value of an expression, as far as can be seen."""
    origin = module.resolve(node)
    if origin is None or not origin.made or origin.is_double:
        return False
    return any(ends_with(name, cls) for name in module.project.names(origin.dotted) for cls in classes)


def base_names(module: ModuleFacts, cls: ast.ClassDef) -> list[str]:
    """Give the dotted names of all classes that a class inherits from, through those of its own module."""
    found: list[str] = []
    known = module.fact(_local_classes)
    todo, seen = [cls], {cls}
    while todo:
        for base in todo.pop().bases:
            target = base.value if isinstance(base, ast.Subscript) else base
            names = module.names(target) or (ast.unparse(target),)
            found += names
            inner = (
                known.get(names[0].rpartition(".")[2]) if names[0].startswith(module.dotted + ".") else None
            )
            if inner is not None and inner not in seen:
                seen.add(inner)
                todo.append(inner)
    return found


def inherits(module: ModuleFacts, cls: ast.ClassDef, ends: tuple[str, ...]) -> bool:
    """Tell whether the last part of a base class's name ends with one of these."""
    return any(name.rpartition(".")[2].endswith(ends) for name in base_names(module, cls))


def _local_classes(module: ModuleFacts) -> dict[str, ast.ClassDef]:
    return {cls.name: cls for cls in module.of(ast.ClassDef)}
