"""CW505: one HTTP client, with its cookies, for the requests of many users."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import followed_by
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.kept_clients import is_kept_client
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    names_request,
)


@final
class SharedCookieJar:
    """One HTTP client, with its cookies, through which the requests of many users go on.

    What it does:
        Finds a client that an object or module keeps (`self.client`, a global), through which a
        function that is given a user's request sends it on with that request's headers or cookies,
        while nothing empties the client's cookies or keeps it from having any.

    Why it leaks:
        A client of httpx, requests or aiohttp remembers the cookies of every answer. The session cookie
        that one user gets at login is sent along with the next user's request.

    Example:
        async def proxy(self, request):
            outgoing = self.client.build_request(request.method, url, headers=request.headers)
            return await self.client.send(outgoing)

    Use instead:
        async def proxy(self, request):
            async with httpx.AsyncClient(transport=self.transport) as client:
                return await client.request(request.method, url, headers=request.headers)

    Fix safety:
        Never repaired: the client may be kept for its connections.
    """

    name: ClassVar[str] = "shared-cookie-jar"
    code: ClassVar[str] = "CW505"
    family: ClassVar[Family] = Family.CACHES
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import httpx\n\n\nclass Proxy:\n    async def send(self, request, url):\n"
            "        async with httpx.AsyncClient() as client:\n"
            "            return await client.get(url, headers=request.headers)\n",
            path="app/proxy.py",
        ),
        Example(
            "import httpx\n\n\nclass Proxy:\n    async def send(self, request, url):\n"
            "        self.client.cookies.clear()\n"
            "        return await self.client.get(url, headers=request.headers)\n",
            path="app/proxy.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import httpx\n\n\nclass Proxy:\n    def __init__(self):\n"
            "        self.client = httpx.AsyncClient()\n\n"
            "    async def send(self, request, url):\n        client = self.client\n"
            "        headers = dict(request.headers)\n"
            "        outgoing = client.build_request(request.method, url, headers=headers)\n"
            "        return await client.send(outgoing)\n",
            path="app/proxy.py",
        ),
        Example(
            "import requests\nfrom flask import Flask, request\n\napp = Flask(__name__)\n"
            "http = requests.Session()\n\n\n"
            "@app.route('/go')\ndef go():\n    return http.get(URL, cookies=request.cookies).text\n",
            path="app/go.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands where headers or cookies are sent on."""
        return (
            IN_SERVICE
            & Gate.any_of(b"headers=", b"cookies=", *_GIVEN)
            & Gate.any_of(b"httpx", b"requests", b"aiohttp", b"ession", b"lient")
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each request that goes on through a client for all users."""
        if module.is_test or never_in_service(module.path):
            return
        for call in module.of(ast.Call):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in _SENDING:
                continue
            sent = [k.value for k in call.keywords if k.arg in ("headers", "cookies")]
            function = module.function(call) if sent else None
            if function is None or request_reach(module, function) is Reach.NO:
                continue
            if not any(_is_of_request(module, function, value) for value in sent):
                continue
            if is_kept_client(module, function, call.func.value) and not _is_without_cookies(
                module, function
            ):
                name = ast.unparse(call.func.value)
                message = f"`{name}` serves all users and keeps the cookies of every answer"
                yield finding(self, module, call, message)


_GIVEN: Final = (followed_by(b"headers", b"="), followed_by(b"cookies", b"="))
_SENDING: Final = frozenset(
    {
        "request",
        "build_request",
        "stream",
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "ws_connect",
    }
)


def _is_of_request(module: ModuleFacts, function: Function, value: ast.expr) -> bool:
    """Tell whether what is sent comes from the headers or cookies of the function's request."""
    sources = [value]
    names = {n.id for n in walk(value) if isinstance(n, ast.Name)}
    for assignment in own(module, function, ast.Assign):
        if names & {n.id for t in assignment.targets for n in walk(t) if isinstance(n, ast.Name)}:
            sources.append(assignment.value)
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("headers", "cookies", "COOKIES")
        and isinstance(node.value, (ast.Name, ast.Attribute))
        and names_request(last_name(module, node.value))
        for source in sources
        for node in walk(source)
    )


def _is_without_cookies(module: ModuleFacts, function: Function) -> bool:
    """Tell whether cookies are emptied here, or the module's clients are made to have none."""
    if b"DummyCookieJar" in module.source or b"cookies.clear" in module.source:
        return True
    return b"NoCookie" in module.source or b"set_policy" in module.source
