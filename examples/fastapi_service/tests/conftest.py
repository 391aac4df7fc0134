"""The service with three accounts, and a browser for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cellwall.runtime.limits import Rate
from notes_service.accounts import Accounts
from notes_service.app import create_app

NAMES = ("ada", "bob", "mallory")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    accounts = Accounts()
    for name in NAMES:
        accounts.add(name, f"{name}'s password")
    with TestClient(create_app(tmp_path, accounts, rate=Rate(30, seconds=3600))) as client:
        yield client


@pytest.fixture
def tokens(client: TestClient) -> dict[str, str]:
    answers = {
        name: client.post("/sign-in", json={"name": name, "password": f"{name}'s password"}) for name in NAMES
    }
    return {name: answer.json()["token"] for name, answer in answers.items()}


@pytest.fixture
def bearer(tokens: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"authorization": f"Bearer {token}"} for name, token in tokens.items()}
