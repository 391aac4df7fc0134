"""Delivery as the first team tested it, before there was pytest."""

import unittest

from netra_backend.websocket.manager import get_websocket_manager


class DeliveryTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.manager = get_websocket_manager()

    async def test_event_arrives(self):
        client = await self.manager.register_connection("unit-user", "unit-1")
        await self.manager.send_to_user("unit-user", {"event": "invoice", "data": {"number": 7}})
        self.assertEqual(client.received_events, [{"event": "invoice", "data": {"number": 7}}])
        await self.manager.disconnect_user("unit-user")

    async def test_nobody_is_left(self):
        await self.manager.register_connection("unit-user", "unit-2")
        self.assertEqual(await self.manager.disconnect_user("unit-user"), 1)
        self.assertEqual(self.manager.connection_count("unit-user"), 0)
