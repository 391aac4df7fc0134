"""What to do with one place that fetches a shared manager: a pool, a manager of its own, or a reason.

A pool replaces the manager where all that is done with it can be seen and the pool can do it too. The role
`manager` makes one of the old class for this test alone; it may also be passed on. Neither is given to code
that wants the shared one: tests of the singleton itself, and tests whose application code fetches it too.
"""

import ast
from types import MappingProxyType
from typing import Final

from cellwall.check.bindings import Kind
from cellwall.check.call_arguments import arguments_text
from cellwall.check.edit import Edit, Fix
from cellwall.check.manager_sites import ManagerSites, is_about_singleton, reads_instance
from cellwall.check.member_uses import adapt_uses
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.reason import Reason
from cellwall.check.replacement import replace_by_role
from cellwall.check.role_import import names_for
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.shared_reach import outermost, reaching_name
from cellwall.check.told_apart import is_handed_back
from cellwall.check.unused_value import is_unused, without
from cellwall.check.value_flow import ValueFlow, value_flow
from cellwall.check.value_place import Place, PlaceKind
from cellwall.check.value_uses import Use, UseKind
from cellwall.project.roles import Role, Roles

PATTERN: Final = "WebSocket connection pool"
_HELD_TOO_LONG: Final = {
    PlaceKind.MODULE: "the whole module shares it; it needs to become a fixture",
    PlaceKind.CLASS: "the whole class shares it; it needs to become a fixture",
}


def manager_repair(
    module: ModuleFacts, call: ast.Call, place: Place, sites: ManagerSites, context: RuleContext
) -> Fix | Refusal:
    """Give the repair of one call that fetches a shared manager."""
    flow = value_flow(module, call, place)
    if is_unused(module, call, place, flow):
        return without(module, call, context)
    wanted = _wants_the_shared_one(module, call, place, flow)
    if wanted is not None:
        return wanted
    role = _role_for(module, call, place, flow, context)
    if isinstance(role, Refusal):
        return role
    if sites.is_idle(call):
        role = role._replace(reached_by=())  # whoever fetches the shared one, nobody looks at this one
    return _shares(module, call, sites, context) or _replace(module, call, role, context)


def _wants_the_shared_one(
    module: ModuleFacts, call: ast.Call, place: Place, flow: ValueFlow
) -> Refusal | None:
    """Say why this place is about the shared manager itself; None when it only needs one."""
    if _stands_in(module, call):
        return Refusal(Reason.ESCAPES, flow.escapes)
    if place.kind in (PlaceKind.COMPARED, PlaceKind.DROPPED):
        return Refusal(Reason.ON_PURPOSE, "the call itself is what is tested")
    if any(use.kind is UseKind.IDENTITY and not is_handed_back(module, use, flow) for use in flow.uses):
        return Refusal(Reason.ON_PURPOSE, "the test asks whether two of them are the same")
    function = module.function(call)
    if is_about_singleton(module, call) or (function is not None and reads_instance(module, [function])):
        return Refusal(Reason.ON_PURPOSE, "the test is about the singleton")
    accessor = not _names_class(module, call)
    looked_at = flow.uses and all(use.kind is UseKind.PRESENCE for use in flow.uses)
    looked_at = looked_at and any(not use.member for use in flow.uses)  # not only for what a manager has
    if accessor and looked_at and place.kind is PlaceKind.LOCAL:
        return Refusal(Reason.ON_PURPOSE, "the accessor itself is what is tested")
    if place.kind is PlaceKind.LOCAL and _is_only_asked(module, call, flow):
        return Refusal(Reason.ESCAPES, "it is only asked, about what was done before it is fetched")
    if place.kind is PlaceKind.MEMBER:
        return Refusal(Reason.ESCAPES, f"`.{place.name}` is used on the shared one where it is fetched")
    return Refusal(Reason.UNKNOWN_SHAPE) if place.kind is PlaceKind.OTHER else None


def _is_only_asked(module: ModuleFacts, call: ast.Call, flow: ValueFlow) -> bool:
    """Tell whether a test awaits things and then asks the manager what came of them, and gives it nothing."""
    function = outermost(module, call)
    if function is None or not any(use.kind is UseKind.MEMBER for use in flow.uses):
        return False
    before = any(isinstance(n, ast.Await) and n.lineno < call.lineno for n in walk(function))
    return before and all(_gives_nothing(module, use) for use in flow.uses)


def _gives_nothing(module: ModuleFacts, use: Use) -> bool:
    member = module.nodes.parent(use.node)
    asked = module.nodes.parent(member) if member is not None else None
    if use.kind is UseKind.MEMBER and isinstance(asked, ast.Call) and asked.func is member:
        return not (asked.args or asked.keywords) and not isinstance(module.nodes.parent(asked), ast.Expr)
    stored = isinstance(member, ast.Attribute) and not isinstance(member.ctx, ast.Load)
    return use.kind is UseKind.PRESENCE or (use.kind is UseKind.MEMBER and not stored)


def _stands_in(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether an inner function gives the manager to whoever is given that function: a stand-in, say."""
    function = module.function(call)
    returned = isinstance(module.nodes.parent(call), ast.Return)
    if function is None or not returned or outermost(module, call) is function:
        return False
    return any(
        name.id == function.name
        and isinstance(name.ctx, ast.Load)
        and getattr(module.nodes.parent(name), "func", None) is not name
        for name in module.of(ast.Name)
    )


def _role_for(
    module: ModuleFacts, call: ast.Call, place: Place, flow: ValueFlow, context: RuleContext
) -> Role | Refusal:
    """Choose the pool where it can do all that is asked, else a manager of its own."""
    pool, manager = (_configured(module, call, name, context) for name in ("pool", "manager"))
    refusal = _pool_refusal(flow, pool) if pool is not None else Refusal(Reason.NO_ROLE, "pool")
    seen_to_fit = manager is None or any(use.kind is UseKind.MEMBER for use in flow.uses)
    if pool is not None and refusal is None and seen_to_fit:
        return pool
    if manager is not None:
        return _manager_refusal(place, flow) or manager
    assert refusal is not None
    return refusal


def _configured(module: ModuleFacts, call: ast.Call, name: str, context: RuleContext) -> Role | None:
    """Give a role that stands instead of what this call names."""
    role = context.settings.roles.get(name)
    if role is None or (role.replaces and module.matches(call.func, role.replaces) is None):
        return None
    return role


def _pool_refusal(flow: ValueFlow, pool: Role) -> Refusal | None:
    """Say what keeps a pool from taking the place of the manager."""
    known = {*pool.members, *pool.coroutines}
    for use in flow.uses:
        if use.kind is UseKind.MEMBER and pool.members and use.member not in known:
            return Refusal(Reason.MEMBER_MISSING, use.member or "an attribute by a computed name")
    if any(use.kind in (UseKind.PASSED, UseKind.OTHER) for use in flow.uses):
        return Refusal(Reason.ESCAPES, "it is passed on as a manager, and a pool is none")
    return Refusal(Reason.ESCAPES, flow.escapes) if flow.escapes else None


def _manager_refusal(place: Place, flow: ValueFlow) -> Refusal | None:
    """Say why a manager of its own would still be shared, or would not be shared by those who must."""
    if place.kind in _HELD_TOO_LONG:
        return Refusal(Reason.UNKNOWN_SHAPE, _HELD_TOO_LONG[place.kind])
    if flow.fixture is None:
        return None
    if flow.fixture.scope != "function":
        return Refusal(
            Reason.UNKNOWN_SHAPE, f"a fixture of scope {flow.fixture.scope} is shared by its tests"
        )
    return Refusal(Reason.ESCAPES, flow.escapes) if flow.escapes else None


def _shares(module: ModuleFacts, call: ast.Call, sites: ManagerSites, context: RuleContext) -> Refusal | None:
    """Say with whom this place must go on sharing one manager; None when with nobody."""
    if sites.is_idle(call):
        return None
    rival = sites.rival(call)
    if rival is not None:
        return Refusal(Reason.ESCAPES, f"`{rival.name}` sees several managers that are one today")
    roles = [context.settings.roles.get(name) for name in ("pool", "manager")]
    reached_by = tuple(name for role in roles if role is not None for name in role.reached_by)
    name = reaching_name(module, sites.surroundings(call), reached_by)
    if name is not None:
        return Refusal(Reason.ESCAPES, f"`{name}` fetches the shared one by itself")
    return None


def _names_class(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a class is called; what is named like a function gives what somebody else made."""
    return any(name.rpartition(".")[2][:1].isupper() for name in module.names(call.func)[-1:])


def _replace(module: ModuleFacts, call: ast.Call, role: Role, context: RuleContext) -> Fix | Refusal:
    """Write the role's expression; `{old}` is the class itself, also where an accessor is called."""
    old = module.text(call.func)
    if not _names_class(module, call) and "{old}" in role.create:
        named = names_for(module, call, role.imports[:1])
        if not role.imports or isinstance(named, str):
            return Refusal(Reason.NO_ROLE, f"the role {role.name} imports no class for {{old}}")
        old = next(iter(named.values())).here
    elif "{old}" in role.create:
        role = role._replace(imports=())
    roles = Roles(MappingProxyType({**context.settings.roles.by_name, role.name: role}))
    settings = context.settings._replace(roles=roles)
    fix = replace_by_role(
        module,
        call,
        role.name,
        context._replace(settings=settings),
        arguments=arguments_text(module, call),
        old=old,
        pattern=PATTERN,
    )
    if isinstance(fix, Refusal):
        return fix
    adaptation = adapt_uses(module, call, role, context)
    if isinstance(adaptation, Refusal):
        return adaptation
    edits = tuple(dict.fromkeys((*fix.edits, *adaptation.edits)))
    imports = tuple(dict.fromkeys((*fix.imports, *adaptation.imports)))
    return _import_beside(module, call, fix._replace(edits=edits, imports=imports))


def _import_beside(module: ModuleFacts, call: ast.Call, fix: Fix) -> Fix:
    """Put the imports where the code imports the old name, when that is inside a function.

    A test that imports late may do so on purpose: an import at the top could keep the module from loading.
    """
    root = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    found = module.resolver.binding_candidates(root.id, call) if isinstance(root, ast.Name) else None
    if not fix.imports or found is None or found[0] is module.tree or len(found[1]) != 1:
        return fix
    statement = found[1][0].node
    if found[1][0].kind is not Kind.IMPORT or not isinstance(statement, (ast.Import, ast.ImportFrom)):
        return fix
    line_start = module.lines.starts[statement.lineno - 1]
    indent = module.source[line_start : module.span(statement)[0]]
    at = module.lines.next_line_start(statement.end_lineno or statement.lineno)
    if indent.strip() or module.source[module.span(statement)[1] : at].strip().startswith(b";"):
        return fix
    newline = module.lines.newline
    added = b"".join(indent + line.encode() + newline for line in fix.imports)
    if not module.source[:at].endswith((b"\n", b"\r")):
        added = newline + added.removesuffix(newline)
    return fix._replace(edits=(*fix.edits, Edit(at, at, added)), imports=())
