"""Which modules need a context and have one, by names."""

from types import MappingProxyType

import pytest

from cellwall.migrate.context_use import ContextUse, user_makers
from cellwall.project.roles import Role, Roles

ROLES = Roles(
    MappingProxyType(
        {
            "context": Role("context", (), "Visit.begin({user_id})"),
            "agent_factory": Role(
                "agent_factory", (), "makers.make({name}, {context})", False, ("R.get_it",)
            ),
        }
    )
)


@pytest.mark.parametrize(
    ("source", "wanted", "present"),
    [
        (b"x = R.get_it('a')", True, False),
        (b"x = makers.make('a', Visit.begin('u'))", True, True),
        (b"def test(user_context): ...", False, True),
        (b"forget_it = remake = 1", False, False),
    ],
)
def test_names_decide(source: bytes, wanted: bool, present: bool) -> None:
    use = ContextUse(ROLES)
    assert (use.wanted(source), use.present(source)) == (wanted, present)


def test_no_roles_want_nothing() -> None:
    assert not ContextUse(Roles()).wanted(b"anything at all")


def test_a_role_that_takes_no_context_wants_none() -> None:
    pool = Role("pool", (), "SocketPool()", False, ("SocketManager",))
    use = ContextUse(Roles(MappingProxyType({**ROLES.by_name, "pool": pool})))
    assert not use.wanted(b"pool = SocketPool() or SocketManager()")
    assert use.roles(b"pool = SocketPool()\nx = R.get_it('a')") == ["agent_factory", "pool"]


def test_a_role_that_takes_a_user_makes_one() -> None:
    limiter = Role("limiter", (), "till.may_pay({user_id})")
    roles = Roles(MappingProxyType({**ROLES.by_name, "limiter": limiter}))
    assert user_makers(roles) == {"begin", "may_pay"}
