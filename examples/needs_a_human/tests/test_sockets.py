"""The shared manager, where a pool will not do."""

from unittest.mock import patch

from app.sockets import WebSocketManager, get_websocket_manager


def test_broadcast():
    manager = WebSocketManager()
    manager.__dict__["_sent"] = {"ann": []}
    assert manager.broadcast("hello") == 1


def test_the_same_for_everybody():
    assert WebSocketManager() is get_websocket_manager()


def test_patched():
    with patch("app.sockets.get_websocket_manager") as fetched:
        assert fetched.called is False


def test_a_fake_of_our_own():
    class WebSocketManager:
        def connect(self, user_id):
            return user_id

    manager = WebSocketManager()
    assert manager.connect("ann") == "ann"
