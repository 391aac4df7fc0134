"""News reach their own user, on every device, and nobody else."""

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from notes_service.app import SUBPROTOCOL

Bearer = dict[str, dict[str, str]]


def test_every_device_of_the_writer_and_no_other(
    client: TestClient, bearer: Bearer, tokens: dict[str, str]
) -> None:
    with (
        client.websocket_connect("/live", headers=bearer["ada"]) as laptop,
        client.websocket_connect("/live", subprotocols=[SUBPROTOCOL, tokens["ada"]]) as phone,
        client.websocket_connect("/live", headers=bearer["bob"]) as other,
    ):
        assert phone.accepted_subprotocol == SUBPROTOCOL
        for device in (laptop, phone, other):
            assert device.receive_json() == {"event": "welcome"}
        client.post("/notes", json={"text": "ada's secret"}, headers=bearer["ada"])
        client.post("/notes", json={"text": "bob's secret"}, headers=bearer["bob"])
        for device in (laptop, phone):
            assert device.receive_json()["data"]["text"] == "ada's secret"
        assert other.receive_json()["data"]["text"] == "bob's secret"
    assert client.app.state.pool.connection_count() == 0


def test_refused_before_it_opens(client: TestClient, tokens: dict[str, str]) -> None:
    for options in ({}, {"subprotocols": [SUBPROTOCOL, "nonsense"]}, {"subprotocols": [tokens["ada"]]}):
        with pytest.raises(WebSocketDenialResponse) as caught:
            with client.websocket_connect("/live", **options):
                pass
        assert caught.value.status_code == 401


def test_it_ends_when_the_user_signs_out(client: TestClient, bearer: Bearer) -> None:
    with client.websocket_connect("/live", headers=bearer["ada"]) as device:
        device.receive_json()
        client.post("/sign-out", headers=bearer["ada"])
        device.send_text("still there?")
        with pytest.raises(WebSocketDisconnect) as caught:
            device.receive_json()
    assert caught.value.code == 1008
