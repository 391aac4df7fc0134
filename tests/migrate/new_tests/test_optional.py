"""Tests that cannot be spelled are left out with their imports; when too many are, the reasons are told."""

import pytest

from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.project.roles import Role, Roles
from cellwall.project.samples import Samples


def _pool(say: Spelling) -> str:
    return f"\n{say.role('pool')}\n"


def _session(say: Spelling) -> str:
    say.use("import forgotten")
    return say.role("session")


@pytest.fixture
def say() -> Spelling:
    """A target with a pool alone."""
    return Spelling(Roles({"pool": Role("pool", ("from desk import Pool",), "Pool()")}), Samples())


def test_what_cannot_be_spelled_is_left_out_with_its_imports(say: Spelling) -> None:
    assert spelled_ones(say, _session, _pool, _pool) == "Pool()\n\n\nPool()"
    assert say.imports == {"from desk import Pool"}


def test_too_few_are_a_reason(say: Spelling) -> None:
    with pytest.raises(UnspellableError, match="'session'"):
        spelled_ones(say, _session, _session)
    with pytest.raises(UnspellableError, match="'session'"):
        spelled_ones(say, _session, _pool, least=2)
    assert spelled_ones(say, _session, least=0) == ""
