"""Role templates as syntax patterns: recognises what stands instead of a role, before and after."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final, final

from cellwall.check.argument_fit import is_dropped
from cellwall.migrate.gates.weakened.module_names import ModuleNames
from cellwall.project.roles import Role, Roles
from cellwall.project.template import PLACEHOLDERS, fill, placeholders

_HOLE: Final = "cellwall_hole_"
CONTEXT_KEYWORD: Final = "⟨context⟩"


def role_name(role: str) -> str:
    """Give the placeholder that stands for a role in canonical code; no Python name can look like it."""
    return f"⟨{role}⟩"


@dataclass(slots=True)
class Match:
    """An expression that stands for a role: which, whether in the old spelling, and its arguments.

    `family` is the one name of the roles that may stand for one another.
    """

    role: Role
    old: bool
    arguments: list[ast.expr] = field(default_factory=list)
    keywords: list[ast.keyword] = field(default_factory=list)
    contexts: list[ast.expr] = field(default_factory=list)
    family: str = ""

    def canonical(self) -> ast.Call:
        """Give the one form that the old and the new spelling share; a context is kept by keyword."""
        contexts = [ast.keyword(CONTEXT_KEYWORD, context) for context in self.contexts]
        name = ast.Name(role_name(self.family or self.role.name), ast.Load())
        return ast.Call(name, self.arguments, [*self.keywords, *contexts])


@final
class RolePatterns:
    """All roles of a target code base, ready to be matched against calls."""

    def __init__(self, roles: Roles) -> None:
        spellings = [role for main in roles.by_name.values() for role in main.spellings]
        self._new = [(role, pattern) for role in spellings if (pattern := _pattern(role))]
        self._old = [(role, entry) for role in roles.by_name.values() for entry in role.replaces]
        context = roles.get("context")
        self.context: Role | None = context
        self._context_class = _class_of(_pattern(context)) if context else ""
        lines = [line for role in spellings for line in role.imports]
        self.origins: dict[str, frozenset[str]] = _origins(lines)
        self.replaced: frozenset[str] = frozenset(entry for _, entry in self._old)
        self._families = _families(roles)

    def match(self, call: ast.Call, names: ModuleNames) -> Match | None:
        """Give what the call stands for, or None; a new spelling is looked for first."""
        found = self._match(call, names)
        if found is not None:
            found.family = self._families.get(found.role.name, "")
        return found

    def _match(self, call: ast.Call, names: ModuleNames) -> Match | None:
        for role, pattern in self._new:
            found = Match(role, old=False)
            if _matches(pattern, call, found, self, names):
                return found
        if self._is_context(call, names) and self.context:
            return Match(self.context, False, list(call.args), list(call.keywords))
        return self._match_old(call, names)

    def is_replaced(self, origin: str) -> bool:
        """Tell whether a dotted origin is, or holds, something that a role stands instead of."""
        last = origin.rpartition(".")[2]
        return any(last in entry.split(".") for entry in self.replaced)

    def _is_context(self, call: ast.Call, names: ModuleNames) -> bool:
        makers = {name for dotted in names.dotted(call.func) for name in (dotted, dotted.rpartition(".")[0])}
        return bool(self._context_class) and any(
            maker.rpartition(".")[2] == self._context_class for maker in makers
        )

    def _match_old(self, call: ast.Call, names: ModuleNames) -> Match | None:
        """Match by the last part of the name: looser than the rules, which is harmless.

        What nobody edits has the same form before and after; what somebody edits must become the role.
        """
        last = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        dotted = names.dotted(call.func)
        for role, entry in self._old:
            name = entry.rpartition(".")[2]
            if name == last or any(name == one.rpartition(".")[2] for one in dotted):
                keeps = {"name", "arguments"} & set(placeholders(role.create))
                drops = tuple(drop for spelling in role.spellings for drop in spelling.drops)
                arguments = [a for a in call.args if keeps and not is_dropped(a, drops)]
                keywords = [k for k in call.keywords if keeps and not is_dropped(k, drops)]
                return Match(role, True, arguments, keywords)
        return None


def _families(roles: Roles) -> dict[str, str]:
    """Give the roles that may stand for one another, since they replace a name in common, one family name."""
    first: dict[str, str] = {}
    families: dict[str, str] = {}
    for role in roles.by_name.values():
        shared = [first[entry] for entry in role.replaces if entry in first]
        families[role.name] = shared[0] if shared else role.name
        for entry in role.replaces:
            first.setdefault(entry, families[role.name])
    return families


def _pattern(role: Role | None) -> ast.expr | None:
    if role is None:
        return None
    text = fill(role.create, {name: _HOLE + name for name in PLACEHOLDERS})
    try:
        return _without_await(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):  # the configuration was checked; a hand-made role may be anything
        return None


def _class_of(pattern: ast.expr | None) -> str:
    """Give the class whose calls make contexts: `Ctx.make(...)` and `Ctx(...)` give Ctx."""
    if not isinstance(pattern, ast.Call):
        return ""
    func = pattern.func.value if isinstance(pattern.func, ast.Attribute) else pattern.func
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name if name[:1].isupper() else ""


def _origins(lines: Sequence[str]) -> dict[str, frozenset[str]]:
    try:
        tree = ast.parse("\n".join(line.strip() for line in lines))
    except SyntaxError:
        return {}
    return dict(ModuleNames(tree).origins)


def _without_await(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Await) else node


def _matches(pattern: ast.AST, node: ast.AST, found: Match, roles: RolePatterns, names: ModuleNames) -> bool:
    """Match structurally; holes take what stands in their place."""
    if isinstance(pattern, ast.expr) and isinstance(node, ast.expr):
        pattern, node = _without_await(pattern), _without_await(node)
    if isinstance(pattern, ast.Name) and pattern.id == _HOLE + "old":
        return isinstance(node, ast.expr) and _is_old(node, found.role, names)
    if isinstance(pattern, ast.Name) and pattern.id.startswith(_HOLE) and isinstance(node, ast.expr):
        _take(pattern.id.removeprefix(_HOLE), node, found)
        return True
    if type(pattern) is not type(node):
        return False
    match pattern, node:
        case ast.Name(), ast.Name():
            origins = roles.origins.get(pattern.id, frozenset())
            return pattern.id == node.id or bool(origins & names.origins.get(node.id, frozenset()))
        case ast.Attribute(), ast.Attribute():
            return pattern.attr == node.attr and _matches(pattern.value, node.value, found, roles, names)
        case ast.Constant(), ast.Constant():
            return pattern.value == node.value
        case ast.Call(), ast.Call():
            if not _matches(pattern.func, node.func, found, roles, names):
                return False
            return _arguments(pattern, node, found, roles, names)
    return _same_fields(pattern, node, found, roles, names)


def _is_old(node: ast.expr, role: Role, names: ModuleNames) -> bool:
    """Tell whether an expression is what the role replaces, or the object it is fetched from."""
    parts = {part for entry in role.replaces for part in entry.split(".")[-2:]}
    spelled = {node.attr} if isinstance(node, ast.Attribute) else set()
    return not parts.isdisjoint(spelled | {one.rpartition(".")[2] for one in names.dotted(node)})


def _same_fields(
    pattern: ast.AST, node: ast.AST, found: Match, roles: RolePatterns, names: ModuleNames
) -> bool:
    """Match what stands inside displays, lambdas and the like, item by item."""
    for name, wanted in ast.iter_fields(pattern):
        given: Any = getattr(node, name, None)
        pairs = list(zip_longest(wanted, given or ())) if isinstance(wanted, list) else [(wanted, given)]
        for one, other in pairs:
            if isinstance(one, ast.AST) and isinstance(other, ast.AST):
                if not _matches(one, other, found, roles, names):
                    return False
            elif one != other:
                return False
    return True


def _take(hole: str, node: ast.expr, found: Match) -> None:
    if hole == "context":
        found.contexts.append(node)
    elif hole in ("name", "arguments") or found.role.name == "context":
        found.arguments.append(node)


def _arguments(
    pattern: ast.Call, node: ast.Call, found: Match, roles: RolePatterns, names: ModuleNames
) -> bool:
    """Match arguments by place or by name; what the template does not mention is kept as it stands."""
    rest = next((place for place, arg in enumerate(pattern.args) if _is_rest(arg)), len(pattern.args))
    first, last = pattern.args[:rest], pattern.args[rest + 1 :]
    between = max(len(node.args) - len(last), len(first))
    for holes, given in ((first, node.args[: len(first)]), (last, node.args[between:])):
        if holes is last:
            found.arguments += node.args[len(first) : between]
        for hole, argument in zip_longest(holes, given):
            if argument is None:  # given by name, or not at all: only a hole may be left open
                if not (isinstance(hole, ast.Name) and hole.id.startswith(_HOLE)):
                    return False
            elif not _matches(hole, argument, found, roles, names):
                return False
    by_name = {keyword.arg: keyword.value for keyword in pattern.keywords if keyword.arg}
    for keyword in node.keywords:
        hole_or_none = by_name.get(keyword.arg or "")
        if hole_or_none is None:
            found.keywords.append(keyword)
        elif not _matches(hole_or_none, keyword.value, found, roles, names):
            return False
    return True


def _is_rest(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Name) and argument.id == _HOLE + "arguments"
