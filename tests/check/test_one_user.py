"""Whose function it is: one user's, or another's too; and whether a context can be trusted to keep the id."""

import ast

import pytest

from cellwall.check.one_user import is_set_anew, keeps_user_id, speaks_of_others
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role

OTHERS = {
    "another id by name": "pool.move(ctx, user_id='bob-1')",
    "an id that cannot be seen": "pool.move(ctx, owner_id=who)",
    "another id of the same call": "pool.close('ada-1', ctx); pool.close('bob-1', ctx)",
    "another context": "pool.move(ctx, other_context)",
    "another user": "second_user.join(ctx)",
    "users": "for one in users: one.join(ctx)",
    "a parameter": "lambda user_context: 1",
}


@pytest.mark.parametrize("shape", OTHERS)
def test_others_are_seen(shape: str) -> None:
    assert speaks_of_others(ast.parse(OTHERS[shape]), "ctx", "ada-1")


@pytest.mark.parametrize(
    "text",
    [
        "pool.close('ada-1', ctx)",
        "pool.close(ctx, user_id='ada-1', owner_id=ctx.user_id)",
        "agents.make('planner', ctx); agents.make('sorter', ctx)",
        "user_service.open(ctx)",
    ],
)
def test_one_user_alone_is_alone(text: str) -> None:
    assert not speaks_of_others(ast.parse(text), "ctx", "ada-1")


@pytest.mark.parametrize(
    "text",
    [
        "ctx.user_id = 'bob'",
        "del ctx.user_id",
        "setattr(ctx, 'user_id', 'bob')",
        "patch.object(ctx, 'user_id', 'bob')",
        "patch('app.Visit.user_id')",
        "patch.multiple(Visit, user_id='bob')",
        "ctx.__dict__['user_id'] = 'bob'",
        "vars(ctx).update(more)",
    ],
)
def test_a_new_id_is_seen(text: str) -> None:
    assert is_set_anew(ast.parse(text))


@pytest.mark.parametrize("text", ["ctx.user_id", "row['user_id'] = 1", "patch('app.send')", "one.name = 1"])
def test_reading_it_or_setting_something_else_is_none(text: str) -> None:
    assert not is_set_anew(ast.parse(text))


def test_a_role_keeps_the_id_when_it_is_the_runtimes_or_says_so() -> None:
    visit = Role("context", ("from app import Visit",), "Visit({user_id})", line=2)
    own = Role("context", ("from cellwall import UserExecutionContext",), "Make({user_id})", line=2)
    said = Role("context", visit.imports, visit.create, members=("user_id",), line=2)
    kept = [keeps_user_id(role) for role in (None, visit, own, said, DEFAULT_ROLES.get("context"))]
    assert kept == [False, False, True, True, True]
