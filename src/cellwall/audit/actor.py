"""One of the users that an audit makes: name, credentials, token and cookies. Nothing of it is another's."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final, final

from cellwall.audit.exchange import Response

ALICE: Final = "alice"
BOB: Final = "bob"
NOBODY: Final = "nobody"
_NAMES: Final = re.compile(r"^user(_?(name|id))?$|e[-_]?mail|log-?in|handle|nick", re.I)


@final
@dataclass
class Actor:
    """A user; `fields` is what was signed up with, `headers` what signs, `refresh` what renews."""

    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    refresh: str = ""

    @property
    def identity(self) -> dict[str, str]:
        """The names by which the service knows this user, without passwords."""
        return {
            name: value
            for name, value in self.fields.items()
            if isinstance(value, str) and value and _NAMES.search(name) and not is_password(name)
        }

    def signed(self) -> list[tuple[str, str]]:
        """Give the headers that sign a request."""
        pairs = list(self.headers.items())
        if self.cookies:
            pairs.append(("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        return pairs

    def remember(self, response: Response) -> None:
        """Keep the cookies of an answer."""
        for line in response.all_headers("set-cookie"):
            try:
                jar = SimpleCookie(line)
            except CookieError:
                continue
            for name, morsel in jar.items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.coded_value


def is_password(name: str) -> bool:
    """Whether a field of this name holds a password."""
    return any(word in name.lower() for word in ("password", "passwd", "passphrase", "pwd"))


def token_claims(token: str) -> Mapping[str, Any]:
    """Give what stands in a JSON Web Token, unverified; nothing for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
