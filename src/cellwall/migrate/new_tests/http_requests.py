"""Spells HTTP requests to the target's application: signed in as a user, storing a canary, reading."""

import json
import re
from typing import Any, Final, final

from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError

_REQUEST: Final = re.compile(r"\s*(GET|POST|PUT|PATCH|DELETE)\s+(/\S*)\s*(.*)", re.S)
_HOLE: Final = "cellwall-text-goes-here"
_CLIENT: Final = '''
def client_with(token, app):
    """Give a client that signs its requests with the token."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://testserver",
        headers={"Authorization": f"Bearer {token}"},
    )
'''


@final
class Requests:
    """The sample requests, sent to what the role `app` makes, with a token of the role `token`.

    Raises:
        UnspellableError: a role or sample is missing, or a sample is no request.
    """

    def __init__(self, say: Spelling) -> None:
        self._say = say
        self.app: str = say.role("app")
        self.name: str = say.name_of("app")
        self._send = _parts("send", say.sample("send"))
        self._read = _parts("read", say.sample("read"))
        say.name_of("token")

    def client(self, user: str) -> str:
        """Give an expression that makes a client of the user; `app` is the application's name in the test."""
        return self.client_with(self.token(user))

    def client_with(self, token: str) -> str:
        """Give an expression that makes a client with this token."""
        return f"client_with({token}, app)"

    def token(self, user: str) -> str:
        """Give an expression that makes a token."""
        return self._say.role("token", user_id=user)

    def send(self, client: str, text: str) -> str:
        """Give an awaited request that stores the text."""
        return _spelled(client, self._send, text)

    def read(self, client: str) -> str:
        """Give an awaited request that reads what was stored."""
        return _spelled(client, self._read, '""')

    def helper(self) -> str:
        """Give the source of the function that makes clients, followed by two empty lines."""
        self._say.use("import httpx")
        return f"{_CLIENT.strip()}\n\n\n"


Parts = tuple[str, str, Any]


def _parts(key: str, sample: str) -> Parts:
    """Take a request apart: method, path, and the JSON body with a mark where the text goes."""
    found = _REQUEST.fullmatch(sample)
    if found is None:
        raise UnspellableError(f"the sample {key!r} is no request such as `GET /notes`: {sample!r}")
    method, path, body = found.groups()
    try:
        value = json.loads(body.replace("{text}", json.dumps(_HOLE))) if body.strip() else None
    except ValueError as error:
        raise UnspellableError(f"the body of the sample {key!r} is no JSON: {body!r}") from error
    return method, path, value


def _spelled(client: str, request: Parts, text: str) -> str:
    method, path, body = request
    where = " + ".join(json.dumps(part) for part in path.split("{text}")).replace(" + ", f" + {text} + ")
    json_body = "" if body is None else f", json={_python(body)}".replace(json.dumps(_HOLE), text)
    return f"await {client}.{method.lower()}({where}{json_body})"


def _python(value: Any) -> str:
    """Spell a JSON value as Python, with double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_python(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_python, value)) + "]"
    return json.dumps(value) if isinstance(value, str) else repr(value)
