"""A server of tools that keeps a note for each session, and the calls of a client."""

import json

import pytest
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.fastmcp import Context, FastMCP

HEADERS = {"accept": "application/json, text/event-stream", "host": "127.0.0.1:8000"}
CLIENT = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}


class Verifier:
    async def verify_token(self, token):
        return AccessToken(token=token, client_id=token, scopes=["u"])


def _server():
    url = "http://127.0.0.1"
    auth = AuthSettings(issuer_url=url, resource_server_url=url, required_scopes=["u"])
    made = FastMCP("notes", token_verifier=Verifier(), auth=auth, json_response=True)
    notes = {}

    @made.tool()
    async def put(text: str, ctx: Context) -> str:
        notes[id(ctx.session)] = text
        return "ok"

    @made.tool()
    async def get(ctx: Context) -> str:
        return notes.get(id(ctx.session), "nothing")

    return made


@pytest.fixture
async def app():
    app = (made := _server()).streamable_http_app()
    async with made.session_manager.run():
        yield app


async def begin(client):
    """Open a session; gives its headers."""
    answer = await _send(client, HEADERS, "initialize", CLIENT, id=1)
    headers = {**HEADERS, "mcp-session-id": answer.headers["mcp-session-id"]}
    await _send(client, headers, "notifications/initialized")
    return headers


async def use(client, headers, tool, **arguments):
    """Call a tool; gives its text."""
    answer = await _send(client, headers, "tools/call", {"name": tool, "arguments": arguments}, id=2)
    return json.loads(answer.text)["result"]["content"][0]["text"]


async def _send(client, headers, method, params=None, **more):
    message = {"jsonrpc": "2.0", "method": method, **({"params": params} if params else {}), **more}
    return await client.post("/mcp", json=message, headers=headers)
