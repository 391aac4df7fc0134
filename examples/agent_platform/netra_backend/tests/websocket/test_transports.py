"""Delivery over a transport instead of a recording."""

from netra_backend.websocket.manager import WebSocketManager


class Tape:
    def __init__(self):
        self.sent = []
        self.closed = False

    async def send(self, event):
        self.sent.append(dict(event))

    async def close(self):
        self.closed = True


class TestTransports:
    def setup_method(self):
        self.manager = WebSocketManager()

    async def test_transport_gets_the_event(self):
        tape = Tape()
        await self.manager.register_connection("taped", "t-1", tape)
        await self.manager.send_to_user("taped", {"event": "one"})
        assert tape.sent == [{"event": "one"}]
        await self.manager.disconnect("taped", "t-1")

    async def test_two_devices(self):
        phone, laptop = Tape(), Tape()
        await self.manager.register_connection("taped", "phone", phone)
        await self.manager.register_connection("taped", "laptop", laptop)
        assert await self.manager.send_to_user("taped", {"event": "both"}) == 2
        assert phone.sent == laptop.sent == [{"event": "both"}]
        await self.manager.disconnect_user("taped")
