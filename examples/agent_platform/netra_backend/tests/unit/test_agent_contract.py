"""What every agent promises. Taken over from the first version of the platform, which used unittest."""

import unittest

from netra_backend.agents.registry import AgentRegistry


class TriageContract(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.agent = AgentRegistry.get_agent("triage")
        self.agent.reset()

    async def test_reply_names_the_agent(self):
        reply = await self.agent.run("my login fails")
        self.assertEqual(reply.agent, "triage")
        self.assertEqual(reply.text, "access")

    async def test_empty_prompt_is_refused(self):
        with self.assertRaises(ValueError):
            await self.agent.run(" ")
        self.assertEqual(self.agent.runs, 0)


class SummaryContract(unittest.TestCase):
    def setUp(self):
        self.agent = AgentRegistry.get_agent("summary")

    def tearDown(self):
        self.agent.reset()

    def test_short_texts_stay(self):
        for text in ("one", "two words", "no full stop at all"):
            self.assertEqual(self.agent.answer(text), text, f"{text!r} was changed")
