"""An owner is a user, one anonymous request, or the system; nobody becomes another by a clever id."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.runtime.current import activate
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.errors import ContextClosedError, SystemContextError
from cellwall.runtime.system import system_context


def test_a_user(ada: UserExecutionContext) -> None:
    owner = Owner.of(ada)
    assert owner == Owner.of(UserExecutionContext.create_for_user("ada")) == Owner("user", "ada")
    assert owner == Owner.of(ada.child())
    assert not owner.anonymous and not owner.system


def test_an_anonymous_request_is_only_itself() -> None:
    first, second = Owner.of(None), Owner.of(None)
    assert first.anonymous and first != second and first.digest != second.digest


def test_the_system() -> None:
    with system_context("nightly removal of old rows") as context:
        owner = Owner.of(context)
    assert owner == Owner("system", "nightly removal of old rows")
    assert owner.system and not owner.anonymous


async def test_nobody_after_the_end(ada: UserExecutionContext) -> None:
    await cleanup_user_context(ada)
    with system_context("nightly removal of old rows") as context:
        pass
    for ended in (ada, context):
        with pytest.raises(ContextClosedError):
            Owner.of(ended)


def test_not_the_system_before_its_block_or_inside_a_users_request(ada: UserExecutionContext) -> None:
    with pytest.raises(ContextClosedError):
        Owner.of(system_context("nightly removal of old rows"))
    with system_context("nightly removal of old rows") as context:
        with activate(ada), pytest.raises(SystemContextError):
            Owner.of(context)


def test_nothing_else() -> None:
    class Lookalike:
        user_id = "ada"
        reason = "some words"

        def require_open(self) -> None:
            pass

    wrong: Any
    for wrong in ("ada", {"user_id": "ada"}, Lookalike(), 0, False):
        with pytest.raises(TypeError):
            Owner.of(wrong)


@given(
    st.sampled_from(["user", "request", "system"]), st.text(), st.sampled_from(["user", "request"]), st.text()
)
def test_digests_differ_where_owners_do(first: Any, one: str, second: Any, other: str) -> None:
    left, right = Owner(first, one), Owner(second, other)
    try:
        assert (left == right) == (left.digest == right.digest)
    except UnicodeEncodeError:
        assert any("\ud800" <= letter <= "\udfff" for letter in one + other)
