"""Leaks that have no public targets: small services, each leaking and fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cellwall.audit.lab import DEPTH
from tests.audit.apps.batch import create_batch
from tests.audit.apps.cached import create_cached
from tests.audit.apps.channel import create_channel
from tests.audit.apps.given_up import create_given_up
from tests.audit.apps.graph import ADD, READ, create_graph
from tests.audit.apps.pages import create_pages
from tests.audit.apps.raced import create_raced
from tests.audit.apps.trash import create_trash
from tests.audit.apps.tree import create_tree
from tests.audit.apps.workspaces import create_workspaces
from tests.audit.conftest import Audit

TWINS = [
    (create_cached, "cached-for-others", "GET /page"),
    (create_channel, "channel-leak", "WEBSOCKET /events"),
    (create_raced, "concurrent-bleed", "GET /greeting"),
    (create_given_up, "cancelled-bleed", "GET /answer"),
    (lambda leaks: create_trash("trash" if leaks else ""), "list-leak", "GET /trash"),
    (
        lambda leaks: create_trash("restore" if leaks else ""),
        "foreign-write",
        "POST /documents/{document_id}/restore",
    ),
    (create_tree, "foreign-write", "PATCH /projects/{project_id}/tasks/{task_id}"),
    (create_pages, "foreign-read", "GET /messages"),
    (create_batch, "foreign-read", "POST /notes/batch"),
    (create_workspaces, "foreign-read", "GET /documents/{document_id}"),
]


@pytest.mark.parametrize(("create", "kind", "target"), TWINS)
async def test_the_leaking_one_is_found_and_the_fixed_one_silent(
    audit: Audit, create: Callable[[bool], Any], kind: str, target: str
) -> None:
    found = (await audit(create(True))).findings
    assert [(each.weakness.name, each.target) for each in found] == [(kind, target)]
    fixed = await audit(create(False))
    assert fixed.findings == ()
    assert fixed.users_usable
    assert all(row.requests <= DEPTH for row in fixed.coverage.rows)


async def test_what_is_asked_by_a_body_alone_is_found_where_it_is_written_down(audit: Audit) -> None:
    found = (await audit(create_graph(True), requests=(ADD, READ))).findings
    assert [(each.weakness.name, each.target, each.detail) for each in found] == [
        ("foreign-read", READ, "body variables.id")
    ]
    assert (await audit(create_graph(False), requests=(ADD, READ))).findings == ()
