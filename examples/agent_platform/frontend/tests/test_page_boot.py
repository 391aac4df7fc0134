"""What the page's script starts with, read as a browser reads it."""

import json
import re
from html.parser import HTMLParser

import pytest

from auth_service.tokens import generate_token
from frontend.page import render_page
from netra_backend.websocket.manager import WebSocketManager


class Boot(HTMLParser):
    """Collects the JSON of the boot element."""

    def __init__(self, page):
        super().__init__()
        self.inside, self.text = False, ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.inside = dict(attributes).get("id") == "boot"

    def handle_data(self, data):
        self.text += data if self.inside else ""

    def handle_endtag(self, tag):
        self.inside = False


def test_token_and_connection():
    token = generate_token("boot-user")
    boot = json.loads(Boot(render_page("boot-user", token=token, connection="b-1")).text)
    assert boot == {"token": token, "connection": "b-1"}


@pytest.mark.parametrize("hostile", ["</script>", "<!--", "\u2028", '"}'])
def test_hostile_connection_ids(hostile):
    assert json.loads(Boot(render_page("boot-user", connection=hostile)).text)["connection"] == hostile


async def test_list_grows_with_the_events():
    manager = WebSocketManager()
    client = await manager.register_connection("boot-user", "b-2")
    sizes = []
    for name in ("agent_started", "agent_completed"):
        await manager.send_to_user("boot-user", {"event": name})
        sizes.append(len(re.findall("<li>", render_page("boot-user", events=client.received_events))))
    assert sizes == [1, 2]
    await manager.disconnect_user("boot-user")
