"""Fixtures for all back end tests."""

import pytest

from netra_backend.tools.search import HANDBOOK


@pytest.fixture
def handbook():
    return list(HANDBOOK)


@pytest.fixture
def long_prompt():
    return "The nightly import stopped. " + "It wrote nothing to the log and nobody noticed. " * 8
