"""Names that tell of users, credentials, requests and owners."""

import pytest

from cellwall.check.telling_names import (
    names_credential,
    names_identity,
    names_owner_column,
    names_request,
    tells_of_request,
)


@pytest.mark.parametrize(
    "name", ["user", "current_user", "userId", "TENANT_ID", "owner_uuid", "email", "username"]
)
def test_identities(name: str) -> None:
    assert names_identity(name)
    assert tells_of_request(name)


@pytest.mark.parametrize(
    "name",
    ["user_agent", "users_seen_at", "userspace", "memberof", "model", "timeout", "force_user", "is_user"],
)
def test_no_identities(name: str) -> None:
    assert not names_identity(name)


@pytest.mark.parametrize("name", ["token", "access_token", "apiKey", "session_id", "Authorization"])
def test_credentials(name: str) -> None:
    assert names_credential(name)


def test_requests_and_owner_columns() -> None:
    assert names_request("websocket")
    assert not names_request("request_count")
    assert names_owner_column("user_id")
    assert not names_owner_column("username_hint")
