"""Makes the page of one user."""

import html
import json
from collections.abc import Iterable
from typing import Any

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Agent platform</title></head>
<body>
<h1>Hello, {name}</h1>
<ul id="threads">{threads}</ul>
<ol id="events">{events}</ol>
<script type="application/json" id="boot">{boot}</script>
<script>
const boot = JSON.parse(document.getElementById("boot").textContent);
const socket = new WebSocket(`ws://${{location.host}}/ws?token=${{boot.token}}&connection_id=${{boot.connection}}`);
socket.onmessage = (message) => {{
  const item = document.createElement("li");
  item.textContent = JSON.parse(message.data).event;
  document.getElementById("events").append(item);
}};
</script>
</body>
</html>
"""


def render_page(
    user_id: str,
    threads: Iterable[str] = (),
    events: Iterable[dict[str, Any]] = (),
    token: str = "",
    connection: str = "",
) -> str:
    """Give the page with the user's threads and the events that arrived so far."""
    boot = json.dumps({"token": token, "connection": connection}).replace("<", "\\u003c")
    return _PAGE.format(
        name=html.escape(user_id),
        threads="".join(f"<li>{html.escape(title)}</li>" for title in threads),
        events="".join(f"<li>{html.escape(event['event'])}</li>" for event in events),
        boot=boot,
    )
