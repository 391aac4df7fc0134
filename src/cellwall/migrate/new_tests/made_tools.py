"""Writes a test that the tools which the role `tool_factory` makes for two users are two. Text only."""

import json

from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.migrate.new_tests.statement import isolation


def tools_made_apart(say: Spelling, test: str) -> str:
    """Give the test function, named `test`.

    Raises:
        UnspellableError: the project configures no role `tool_factory`, or no sample of a tool. The default
            role is not enough: nothing says that the project makes its tools so.
    """
    if not say.configured("tool_factory"):
        raise UnspellableError("`[tool.cellwall.roles]` has no 'tool_factory'")
    tool = json.dumps(say.sample("tool"))
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('tool_factory')} makes a tool for each",
        "first_tool and second_tool are not one object",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    first_tool = {say.role("tool_factory", name=tool, context="first")}
    second_tool = {say.role("tool_factory", name=tool, context="second")}
    assert first_tool is not second_tool
"""
