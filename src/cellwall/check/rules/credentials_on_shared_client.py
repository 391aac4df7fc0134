"""CW506: one user's credentials written into an HTTP client that all users share."""

import ast
from collections.abc import Iterable
from typing import ClassVar, final

from cellwall.check.class_lifetime import Lifetime, class_lifetime
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import member_written
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.kept_clients import is_kept_client
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request, tells_user
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class CredentialsOnSharedClient:
    """One user's credentials written into an HTTP client that all users share.

    What it does:
        Finds `client.headers["Authorization"] = ...`, `client.headers.update(...)`,
        `client.cookies.set(...)` and `client.auth = ...` with something of a request or user, on a
        client that an object or module keeps.

    Why it leaks:
        The client sends them with every request from then on: the next user acts as the one before.

    Example:
        async def load(self, token):
            self.client.headers["Authorization"] = f"Bearer {token}"
            return await self.client.get(URL)

    Use instead:
        async def load(self, token):
            return await self.client.get(URL, headers={"Authorization": f"Bearer {token}"})

    Fix safety:
        Never repaired: later calls rely on what was written.
    """

    name: ClassVar[str] = "credentials-on-shared-client"
    code: ClassVar[str] = "CW506"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import httpx\n\nclient = httpx.AsyncClient()\n\n\nasync def load(token):\n"
            "    return await client.get(URL, headers={'Authorization': token})\n",
            path="app/load.py",
        ),
        Example(
            "import httpx\n\n\nclass Api:\n    def __init__(self, token):\n"
            "        self.client = httpx.Client()\n"
            "        self.client.headers['Authorization'] = token\n",
            path="app/api.py",
        ),
        Example(
            "import httpx\n\n\nclass Api:\n    def __init__(self):\n        self.client = httpx.Client()\n\n"
            "    def sign_in(self, token):\n        self.client.headers['Authorization'] = token\n",
            path="app/api.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import requests\nfrom flask import Flask, request\n\napp = Flask(__name__)\n"
            "upstream = requests.Session()\n\n\n@app.post('/x')\ndef send():\n"
            "    upstream.headers['Authorization'] = request.headers['Authorization']\n"
            "    return upstream.get(URL).text\n",
            path="app/main.py",
        ),
        Example(
            "import httpx\n\nclient = httpx.AsyncClient()\n\n\nasync def load(token):\n"
            "    client.headers['Authorization'] = f'Bearer {token}'\n    return await client.get(URL)\n",
            path="app/load.py",
        ),
        Example(
            "import requests\n\nhttp = requests.Session()\n\n\ndef load(user):\n"
            "    http.headers.update({'X-User': user.name})\n    return http.get(URL)\n",
            path="app/load.py",
        ),
        Example(
            "import httpx\n\n\nclass Usage:\n    def __init__(self):\n"
            "        self.client = httpx.AsyncClient()\n\n    async def read(self, token):\n"
            "        self.client.headers['Authorization'] = f'Bearer {token}'\n"
            "        return await self.client.get(URL)\n\n\ndef start(app):\n    app.state.usage = Usage()\n",
            path="app/usage.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what is written to."""
        return IN_SERVICE & Gate.any_of(member_written(b"headers", b"cookies", b"auth"))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such write."""
        if module.is_test or never_in_service(module.path):
            return
        for node in module.of(ast.Attribute):
            if node.attr not in ("headers", "cookies", "auth"):
                continue
            function = module.function(node)
            value = _written(module, node)
            if function is None or value is None or function.name in ("__init__", "__aenter__", "__enter__"):
                continue
            if not _may_be_shared(module, function, node.value) or not _is_of_request(
                module, function, value
            ):
                continue
            if is_kept_client(module, function, node.value):
                message = f"`{spelled(node)}` goes out with every request of all users from here on"
                yield finding(self, module, node, message)


def _is_of_request(module: ModuleFacts, function: Function, value: ast.expr) -> bool:
    """Tell whether a value tells of the user, or was sent with the request."""
    return tells_user(module, function, value) or from_request(module, function, value)


def _may_be_shared(module: ModuleFacts, function: Function, client: ast.expr) -> bool:
    """Tell whether a client is a name, or kept by an object that is seen to serve all requests."""
    cls = module.nodes.owner(function)
    if isinstance(client, ast.Attribute) and cls is not None:
        return class_lifetime(module, cls).lifetime is Lifetime.SERVICE
    return isinstance(client, ast.Name)


def _written(module: ModuleFacts, node: ast.Attribute) -> ast.expr | None:
    """Give what is written into the headers, cookies or credentials of a client, None where they are read."""
    parent = module.nodes.parent(node)
    if isinstance(node.ctx, ast.Store) and isinstance(parent, ast.Assign):
        return parent.value
    if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store):
        statement = module.nodes.parent(parent)
        return statement.value if isinstance(statement, ast.Assign) else None
    if isinstance(parent, ast.Attribute) and parent.attr in ("update", "set", "setdefault"):
        call = module.nodes.parent(parent)
        if isinstance(call, ast.Call) and call.func is parent and (call.args or call.keywords):
            return call
    return None
