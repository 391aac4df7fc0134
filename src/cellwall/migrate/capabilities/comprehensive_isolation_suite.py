"""Writes one test for each layer for which the target has roles, and one that goes through all of them."""

from collections.abc import Sequence
from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import users
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.layers import LAYER_ROLES, Layer, spelled_layers
from cellwall.migrate.new_tests.made_tools import tools_made_apart
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.migrate.new_tests.statement import isolation

_LEAST: Final = 2  # layers; tests of a single one are another capability's
_TOOLS: Final = "tool_factory"  # what it makes is compared, for a tool need not hold its user
_ALL: Final = "test_all_layers_together_keep_users_apart"


def _tests(say: Spelling) -> str:
    layers = spelled_layers(say)
    if len(layers) < _LEAST:
        raise UnspellableError("`[tool.cellwall.roles]` and its samples spell less than two layers")
    tests = [_test(say, _test_of(layer.role), [layer]) for layer in layers]
    made = spelled_ones(say, lambda spelling: tools_made_apart(spelling, _test_of(_TOOLS)), least=0)
    return held_texts(say) + "\n\n".join([*tests, _test(say, _ALL, layers), made])


def _test_of(role: str) -> str:
    return f"test_layer_of_{role}_keeps_users_apart"


def _test(say: Spelling, test: str, layers: Sequence[Layer]) -> str:
    names = ", ".join(layer.name for layer in layers)
    context = _context(say, layers)
    stated = isolation(
        f"each of users has {'a context' if context else 'an id'} of its own",
        f"one user after the other comes to {names}",
        "the texts held by what every user got name this user and nobody else",
    )
    before = "".join(f"\n    {line}" for layer in layers for line in layer.before)
    work = "\n        ".join([*context, *(line for layer in layers for line in layer.work)])
    words = [layer.word for layer in layers if layer.word]
    return f"""
async def {test}():
    {stated}
    users = {users(test, 3)}{before}

    async def work(user):
        {work}
        return [{", ".join(layer.got for layer in layers)}]

    worked = [await work(user) for user in users]
    for user, got in zip(users, worked, strict=True):
        held = texts_held_by(got)
{_expected(words)}        assert [other for other in users if other in held] == [user]
"""


def _context(say: Spelling, layers: Sequence[Layer]) -> list[str]:
    needed = len(layers) > 1 or any("context" in line for line in layers[0].work)
    return [f"context = {say.role('context', user_id='user')}"] if needed else []


def _expected(words: Sequence[str]) -> str:
    """Give the lines that look for what the user left itself."""
    if len(words) > 1:
        listed = ", ".join(f'"{word}"' for word in words)
        return f'        for done in ({listed}):\n            assert f"{{done}} by {{user}}" in held\n'
    return "".join(f'        assert f"{word} by {{user}}" in held\n' for word in words)


CAPABILITY: Final = Capability(
    name="comprehensive-isolation-suite",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "comprehensive isolation test suite",
        "comprehensive isolation suite",
        "comprehensive isolation",
        "isolation suite",
        "isolation test suite",
        "isolation all layer",
        "isolation every layer",
        "complete isolation",
    ),
    new_tests=NewTests(
        title="Every layer keeps users apart, and all of them together do.",
        role="context",
        write=_tests,
        roles={_test_of(role): role for role in (*LAYER_ROLES, _TOOLS)},
    ),
)
