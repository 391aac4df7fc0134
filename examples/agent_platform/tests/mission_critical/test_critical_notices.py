from netra_backend.websocket.manager import get_websocket_manager


class TestCriticalNotices:
    def setup_method(self):
        self.manager = get_websocket_manager()

    async def test_thousand_events_in_order(self):
        client = await self.manager.register_connection("critical-reader", "critical-1")
        for number in range(200):
            await self.manager.send_to_user("critical-reader", {"event": "n", "data": number})
        assert [e["data"] for e in client.received_events] == list(range(200))
        await self.manager.disconnect("critical-reader", "critical-1")

    async def test_a_secret_is_for_its_owner(self):
        owner = await self.manager.register_connection("critical-owner", "critical-2")
        other = await self.manager.register_connection("critical-other", "critical-3")
        await self.manager.send_to_user("critical-owner", {"event": "secret", "data": "4711"})
        assert "4711" in str(owner.received_events)
        assert "4711" not in str(other.received_events)
        await self.manager.disconnect_user("critical-owner")
        await self.manager.disconnect_user("critical-other")
