"""Which addresses an audit may talk to: this machine's own, unless the user allowed another one twice."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import final
from urllib.parse import urlsplit

from cellwall.audit.errors import NotAllowedError, NotReachedError


@final
@dataclass(frozen=True, slots=True)
class Destination:
    """Where a service is: the address to connect to, resolved once, and the name that it is called by."""

    scheme: str
    address: str
    port: int
    host: str
    path: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port as in a URL."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{name}:{self.port}"


def destination(url: str, *, remote: bool = False, allowed: Collection[str] = ()) -> Destination:
    """Resolve a URL once, so that no later answer of a name server leads elsewhere.

    Another machine needs both: `remote`, and its host name in `allowed`.

    Raises:
        NotAllowedError: it is another machine, and was not allowed twice.
        NotReachedError: it is no URL of a service, or its name has no address.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotReachedError(f"{url!r} is no URL: {error}; write it as http://127.0.0.1:8000") from None
    if parts.scheme not in ("http", "https") or not host:
        raise NotReachedError(f"{url!r} is no URL of a service; write it as http://127.0.0.1:8000")
    if parts.username or parts.password:
        raise NotAllowedError("a URL with a password in it is not taken; give tokens by --user")
    port = port or (443 if parts.scheme == "https" else 80)
    addresses = _addresses(host, port)
    if not all(ipaddress.ip_address(address).is_loopback for address in addresses) and not (
        remote and host in allowed
    ):
        raise NotAllowedError(
            f"{host} is not this machine ({addresses[0]}), and an audit changes and deletes what it finds; "
            f"if you may do that there, say so twice: --remote --allow-host {host}"
        )
    return Destination(parts.scheme, addresses[0], port, host, parts.path.rstrip("/"))


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReachedError(f"{host!r} has no address: {error}") from None
    addresses = sorted({str(each[4][0]).partition("%")[0] for each in found}, key=lambda text: ":" in text)
    if not addresses:
        raise NotReachedError(f"{host!r} has no address")
    return addresses
