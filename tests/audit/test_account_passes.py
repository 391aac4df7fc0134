"""Members and admins: an admin's broad view is no leak, and a member who reads what is the admin's is one."""

from __future__ import annotations

from pathlib import Path

from cellwall.audit.account_kind import AccountKind
from cellwall.audit.account_passes import pairs, run_passes
from cellwall.audit.asgi_transport import AsgiTransport
from cellwall.audit.audit_run import AuditPlan, Result
from cellwall.audit.discovery import discover
from tests.audit.apps.roles import create_roles

TOKEN = {"authorization": "Bearer token-of-admin"}


async def audited(*, leaking: bool, sees_others: bool) -> Result:
    app = create_roles(leaking)
    transport = AsgiTransport(app)
    found = await discover(transport, root=Path.cwd(), app=app)
    admin = AccountKind("admin", users=(TOKEN,), sees_others=sees_others)
    return await run_passes(AuditPlan(found.operations), (admin,), transport, app=app)


async def test_a_member_who_reads_what_is_the_admins_is_found() -> None:
    result = await audited(leaking=True, sees_others=True)
    assert [(each.weakness.name, each.target) for each in result.findings] == [
        ("foreign-read", "GET /log/{entry_id}")
    ]
    assert result.findings[0].evidence.startswith("alice is an admin, bob a member: ")
    assert result.users_usable


async def test_an_admins_broad_view_is_no_finding_where_it_is_by_design() -> None:
    result = await audited(leaking=False, sees_others=True)
    assert result.findings == ()
    assert result.coverage.share == 1  # the log was asked for as well, by what the admin has in it


async def test_without_a_word_of_it_the_admins_view_is_told() -> None:
    found = {each.target for each in (await audited(leaking=False, sees_others=False)).findings}
    assert found == {"GET /notes", "GET /notes/{note_id}"}


def test_each_kind_is_asked_for_by_each_that_may_not_see_it() -> None:
    member, admin, shop = AccountKind(), AccountKind("admin", sees_others=True), AccountKind("shop")
    assert [(one.name, other.name) for one, other in pairs(member, (admin, shop))] == [
        ("admin", ""), ("shop", ""), ("", "shop"), ("admin", "shop"), ("shop", "shop"),
    ]  # fmt: skip
