"""Whole audits of a small service: each leak is found, its fixed twin is silent, nothing is left broken."""

from __future__ import annotations

import pytest

from cellwall.audit.finding import Verdict
from tests.audit.apps.desk import create_desk
from tests.audit.conftest import Audit

FOUND = {
    "read": ("foreign-read", "GET /notes/{note_id}"),
    "write": ("foreign-write", "PUT /notes/{note_id}"),
    "delete": ("foreign-delete", "DELETE /notes/{note_id}"),
    "list": ("list-leak", "GET /notes"),
    "search": ("list-leak", "GET /search"),
    "password": ("account-taken", "PUT /users/{username}/password"),
    "anonymous": ("foreign-read", "GET /notes/{note_id}"),
    "nested": ("nested-swap", "GET /projects/{project_id}/notes/{note_id}"),
    "owner": ("owner-assigned", "POST /notes"),
    "answer": ("list-leak", "POST /notes"),
    "header": ("credential-mix", "GET /me"),
    "forged": ("forged-token", "GET /me"),
    "refresh": ("renewed-for-another", "POST /refresh"),
    "kind": ("token-kind", "GET /me"),
    "unguarded": ("no-credentials", "PUT /notes/{note_id}"),
}


@pytest.mark.parametrize("leak", FOUND)
async def test_a_leak_is_found_and_nothing_else(audit: Audit, leak: str) -> None:
    result = await audit(create_desk(leak))
    assert {(each.weakness.name, each.target) for each in result.findings} == {FOUND[leak]}
    assert all(each.verdict is Verdict.CONFIRMED for each in result.findings)
    assert result.users_usable


async def test_the_fixed_service_is_silent_and_wholly_probed(audit: Audit) -> None:
    result = await audit(create_desk())
    assert result.findings == ()
    assert result.coverage.share == 1.0
    assert {row.key for row in result.coverage.wanted} >= {"GET /notes/{note_id}", "DELETE /notes/{note_id}"}
    assert result.users_usable


async def test_five_seeds_find_the_same(audit: Audit) -> None:
    found = [
        [each.fingerprint for each in (await audit(create_desk("read", "write", "list"), seed=seed)).findings]
        for seed in range(5)
    ]
    assert len(found[0]) == 3
    assert found == [found[0]] * 5


async def test_each_operation_gets_no_more_requests_than_the_depth(audit: Audit) -> None:
    result = await audit(create_desk("read", "write", "delete"), depth=12)
    assert max(row.requests for row in result.coverage.rows) <= 12


async def test_what_is_declared_as_shared_is_not_reported(audit: Audit) -> None:
    result = await audit(create_desk("list"), shared=("GET /notes",))
    assert result.findings == ()


async def test_a_leaking_list_does_not_whitewash_its_objects(audit: Audit) -> None:
    result = await audit(create_desk("list", "read"))
    assert {each.weakness.name for each in result.findings} == {"list-leak", "foreign-read"}


async def test_only_what_is_named_is_probed(audit: Audit) -> None:
    result = await audit(create_desk("read", "write"), only=frozenset({"PUT /notes/{note_id}"}))
    assert [each.target for each in result.findings] == ["PUT /notes/{note_id}"]
