"""Writes tests in which several users' dispatchers run the same tool at the same time."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import users
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.tool_calls import ToolCalls


def _tests(say: Spelling) -> str:
    say.use("import asyncio")
    calls = ToolCalls(say)
    test = "test_one_tool_serves_users_at_once"
    stated = isolation(
        "each of users has a context of its own",
        f"{calls.factory} makes a dispatcher for each while asyncio.gather runs all of them",
        "answers and texts held by each dispatcher name its own user and nobody else",
    )
    return f"""{held_texts(say)}async def {test}():
    {stated}
    users = {users(test, 5)}

    async def serve(user):
        context = {say.role("context", user_id="user")}
        tools = {calls.make("context")}
        answers = []
        for turn in range(3):
            answers.append({calls.run("tools", 'f"turn {turn} of {user}"')})
            await asyncio.sleep(0)
        return tools, answers

    served = await asyncio.gather(*(serve(user) for user in users))
    for user, (tools, answers) in zip(users, served, strict=True):
        held = texts_held_by([tools, answers])
        assert all(f"turn {{turn}} of {{user}}" in held for turn in range(3))
        assert [other for other in users if other in held] == [user]
"""


CAPABILITY: Final = Capability(
    name="concurrent-tool-execution",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "concurrent tool execution",
        "concurrent tool",
        "parallel tool",
        "tool executed concurrently",
        "tool execution parallel",
        "tool simultaneously",
    ),
    new_tests=NewTests(
        title="One tool that several users run at the same time keeps them apart.",
        role="dispatcher",
        write=_tests,
    ),
)
