"""What a test says about which of several managers it means: it hands them over and asks for one again."""

import ast
from collections.abc import Collection

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.value_flow import ValueFlow, value_flow
from cellwall.check.value_place import PlaceKind, value_place
from cellwall.check.value_uses import Use, UseKind


def are_told_apart(module: ModuleFacts, calls: Collection[ast.Call]) -> bool:
    """Tell whether a function hands each of its managers to the same call, and asks which one is there.

    `desk.use(first); desk.use(second); assert desk.manager is second` holds today because both are one
    object; it means two. Nothing else may be done with any of them.
    """
    flows: list[ValueFlow] = []
    for call in calls:
        place = value_place(module, call)
        flow = value_flow(module, call, place)
        if place.kind is not PlaceKind.LOCAL or flow.escapes:
            return False
        flows.append(flow)
    if len({module.function(call) for call in calls}) != 1:
        return False
    receivers = {_receiver(module, use) for flow in flows for use in flow.uses if use.kind is UseKind.PASSED}
    asked = [(use, flow) for flow in flows for use in flow.uses if use.kind is UseKind.IDENTITY]
    again = bool(asked) and all(is_handed_back(module, use, flow) for use, flow in asked)
    others = [
        use for flow in flows for use in flow.uses if use.kind not in (UseKind.PASSED, UseKind.IDENTITY)
    ]
    handed = all(any(use.kind is UseKind.PASSED for use in flow.uses) for flow in flows)
    return again and handed and not others and len(receivers) == 1 and "" not in receivers


def _receiver(module: ModuleFacts, use: Use) -> str:
    """Give what a value is handed to, as text, where it is all that is handed over; "" otherwise."""
    call = module.nodes.parent(use.node)
    alone = isinstance(call, ast.Call) and call.args == [use.node] and not call.keywords
    return module.text(call.func) if isinstance(call, ast.Call) and alone else ""


def is_handed_back(module: ModuleFacts, use: Use, flow: ValueFlow) -> bool:
    """Tell whether an object that was given the manager is asked for it: `service.manager is manager`.

    Any manager that is handed over is the same one there. What two calls give is compared as names.
    """
    compare = module.nodes.parent(use.node)
    if not isinstance(compare, ast.Compare) or len(compare.ops) != 1:
        return False
    other = compare.comparators[0] if compare.left is use.node else compare.left
    root = other
    while isinstance(root, ast.Attribute):
        root = root.value
    function = module.function(use.node)
    given = any(u.kind is UseKind.PASSED and module.function(u.node) is function for u in flow.uses)
    held = isinstance(other, ast.Attribute) and isinstance(root, ast.Name) and not root.id[:1].isupper()
    return given and held and isinstance(compare.ops[0], (ast.Is, ast.Eq))
