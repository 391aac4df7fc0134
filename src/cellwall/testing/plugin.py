"""Cellwall's pytest plugin: what every test of a target may ask for. Imports nothing but pytest's own."""

from cellwall.testing.user_context import pytest_fixture_setup, user_context

__all__ = ["pytest_fixture_setup", "user_context"]
