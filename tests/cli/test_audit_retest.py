"""The command that tests a finding again works as it stands, whatever was given."""

from __future__ import annotations

import shlex
from pathlib import Path

from cellwall.cli.audit_options import AuditOptions
from cellwall.cli.audit_retest import retest_command

TARGET = """POST /graphql {"query": "it's {id}"}"""


def test_in_the_repository_the_command_is_short() -> None:
    options = AuditOptions(Path("/shop"), app="shop.main:create_app()", seed=3)
    assert retest_command("GET /notes/{id}", options, Path("/shop")) == (
        "cellwall audit --app 'shop.main:create_app()' --only 'GET /notes/{id}' --seed 3"
    )


def test_what_was_given_is_given_again() -> None:
    options = AuditOptions(
        Path("/shop"), url="http://127.0.0.1:8000", users=("alice=A", "bob=B", "admin=C"),
        see_others=("admin",), requests=(TARGET,), channels=("/ws?token={token}",), sign_up="POST /join",
        depth=20, seed=1,
    )  # fmt: skip
    words = shlex.split(retest_command(TARGET, options, Path("/elsewhere")))
    assert words[:4] == ["cellwall", "audit", "--repo", "/shop"]
    pairs = list(zip(words[2::2], words[3::2], strict=True))
    assert pairs[1:] == [
        ("--url", "http://127.0.0.1:8000"), ("--sign-up", "POST /join"), ("--request", TARGET),
        ("--channel", "/ws?token={token}"), ("--user", "alice=A"), ("--user", "bob=B"), ("--user", "admin=C"),
        ("--sees-others", "admin"), ("--depth", "20"), ("--only", TARGET), ("--seed", "1"),
    ]  # fmt: skip
