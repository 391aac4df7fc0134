"""Users of a running service: an id and a secret, a token by the project's role, requests by its samples."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from cellwall.canary import CanaryBook
from cellwall.runtime.identity import fresh_id
from cellwall.testing.layers.spelled_project import SpelledProject, current_project

_BOOK: Final = CanaryBook()  # of the users of this process: whose is what stands in an answer


@final
@dataclass(frozen=True, slots=True)
class ServiceUser:
    """A user who can sign in; `secret` is a text that only this user's answers may hold."""

    id: str
    name: str
    secret: str


async def create_test_user(name: str) -> ServiceUser:
    """Make a user with an id that nobody else has."""
    owner = f"{name}-{fresh_id()}"
    user = ServiceUser(owner, name, _BOOK.issue(owner, "secret").value)
    _BOOK.claim(owner, owner)
    return user


async def authenticate(user: ServiceUser, project: SpelledProject | None = None) -> str:
    """Give a token of the user, made by the role `token`.

    Raises:
        LayerError: the role is not configured.
    """
    token = str(await (project or current_project()).role("token", user_id=user.id))
    _BOOK.claim(user.id, token)
    _OF_TOKEN[token] = user
    return token


_OF_TOKEN: Final[dict[str, ServiceUser]] = {}


async def execute_agent_request(
    client: Any, token: str, agent: str, project: SpelledProject | None = None
) -> dict[str, Any]:
    """Let an agent of the service work on the user's secret, and give the answer.

    `client` is an aiohttp session or an httpx client, with a base URL where the project has no `url`. The
    request is the sample `send`, with `agent` in the place of the sample agent's name.

    Raises:
        LayerError: the sample `send` is missing.
        Exception: the client's own, for an answer that is no success.
    """
    project = project or current_project()
    method, path, body = _request(project, agent, token)
    headers = {"Authorization": f"Bearer {token}"}
    response = await client.request(method, project.url + path, json=body, headers=headers)
    response.raise_for_status()
    answer = response.json()
    found: dict[str, Any] = answer if isinstance(answer, Mapping) else await answer  # type: ignore[assignment]
    return found


def _request(project: SpelledProject, agent: str, token: str) -> tuple[str, str, Any]:
    method, path, body = (*project.text("send").split(maxsplit=2), "")[:3]
    path = path.replace("{agent}", agent)
    if project.samples.agent:
        path = path.replace(f"/{project.samples.agent}", f"/{agent}")
    user = _OF_TOKEN.get(token)
    text = json.dumps(user.secret if user is not None else "")
    return method, path, json.loads(body.replace("{text}", text)) if body else None


def no_data_leakage(*answers: object) -> bool:
    """Tell whether each answer holds values of one user at most, and each that of another one.

    Users are those of `create_test_user`, and the test that is running as many users' own.
    """
    owners = [_BOOK.owners_in(repr(answer)) for answer in answers]
    seen = [owner for each in owners for owner in each]
    return all(len(each) < 2 for each in owners) and len(seen) == len(set(seen))
