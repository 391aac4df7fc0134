"""Dispatchers without a context."""

import unittest

from app.agents import AgentRegistry
from app.tools import ToolDispatcher


def test_retries():
    dispatcher = ToolDispatcher(retries=3)
    assert dispatcher.retries == 3


class LegacyToolTest(unittest.TestCase):
    def test_triage(self):
        self.assertEqual(AgentRegistry.get_agent("triage").answer("A"), "triage: a")
