"""Contexts of two users who must never meet."""

import pytest

from cellwall import UserExecutionContext


@pytest.fixture
def ada() -> UserExecutionContext:
    return UserExecutionContext.create_for_user("ada")


@pytest.fixture
def bob() -> UserExecutionContext:
    return UserExecutionContext.create_for_user("bob")
