"""A new test module is about the project's own code, never about Cellwall's runtime alone."""

from types import MappingProxyType

import pytest

from cellwall.migrate.capabilities.registry import all_capabilities
from cellwall.migrate.new_tests.spelling import UnspellableError
from cellwall.migrate.new_tests.writing import module_source
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles
from cellwall.project.samples import Samples

BY_NAME = {capability.name: capability for capability in all_capabilities()}


def roles(**own: Role) -> Roles:
    return Roles(MappingProxyType({**DEFAULT_ROLES.by_name, **own}))


POOL = DEFAULT_ROLES.by_name["pool"]._replace(imports=("from app.ws import Pool",), create="Pool()")
TOKEN = Role("token", ("from app.auth import sign",), "sign({user_id})")
OWNER = Role("token_owner", ("from app.auth import read",), "read({token})")


def test_the_runtime_alone_is_not_tried() -> None:
    with pytest.raises(UnspellableError, match="nothing of the project"):
        module_source(BY_NAME["websocket-event-isolation"], DEFAULT_ROLES, Samples())
    source = module_source(BY_NAME["websocket-event-isolation"], roles(pool=POOL), Samples()).decode()
    assert "from app.ws import Pool" in source


def test_placeholders_are_tried_on_a_context_of_the_project() -> None:
    capability = BY_NAME["security-boundaries"]
    tokens = roles(token=TOKEN, token_owner=OWNER)
    assert "cellwall" not in module_source(capability, tokens, Samples()).decode()
    context = Role("context", ("from app.context import Visit",), "Visit({user_id})")
    both = module_source(capability, roles(token=TOKEN, token_owner=OWNER, context=context), Samples())
    assert "test_no_context_is_made_for_a_placeholder" in both.decode()
