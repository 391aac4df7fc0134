"""What a test has to do with roles: nothing, something that it asserts, or something that it does not."""

import ast
import re
from collections.abc import Iterable
from enum import Enum

from cellwall.check.followed_test import FollowedTest
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.role_calls import role_calls
from cellwall.check.rule import RuleContext
from cellwall.check.test_reach import TestReach
from cellwall.project.roles import Role


class RoleUse(Enum):
    """Whether there is anything of a role in a test whose isolation could be stated."""

    NONE = "reaches no role"
    NOT_ASSERTED = "asserts nothing of what a role gives"
    ASSERTED = "may assert what a role gives"


def role_use(module: ModuleFacts, test: Function, context: RuleContext) -> RoleUse:
    """Give what can be seen in the test's module; what cannot be seen may give and assert anything."""
    reach = TestReach(module, test)
    if reach.opaque or _uses_test_support(reach, context):
        return RoleUse.ASSERTED
    if not reach.used & _names_of(context.settings.roles.by_name.values()):
        return RoleUse.NONE
    calls = role_calls(module, reach.units, context)
    if not calls:
        return RoleUse.ASSERTED
    followed = FollowedTest(reach, (each.call for each in calls), context, generous=True)
    asserts = followed.unknown or any(each.sources for each in followed.asserted)
    return RoleUse.ASSERTED if asserts else RoleUse.NOT_ASSERTED


def _names_of(roles: Iterable[Role]) -> frozenset[str]:
    """Give the names by which code gets at roles, as they are spelled or as they were; packages left out."""
    found: set[str] = set()
    for role in roles:
        for text in (re.split(r"[({]", role.create)[0], *role.replaces, *role.reached_by):
            found.update(re.findall(r"[^\W\d]\w*", text)[-2:])
    return frozenset(found)


def _uses_test_support(reach: TestReach, context: RuleContext) -> bool:
    """Tell whether the test uses something of another test module, which may reach roles for it."""
    for node in reach.module.of(ast.ImportFrom):
        path = (node.module or "").replace(".", "/")
        names = {alias.asname or alias.name for alias in node.names}
        files = [f"{path}.py", *(f"{path}/{alias.name}.py" for alias in node.names)]
        if names & reach.used and (node.level or any(map(context.settings.is_test_file, files))):
            return True
    return False
