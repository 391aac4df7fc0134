"""One operation of an application: how it is called, and what kind of thing it does by its looks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final, final

_VERBS: Final = frozenset(
    [
        "create",
        "new",
        "add",
        "make",
        "list",
        "all",
        "me",
        "my",
        "search",
        "find",
        "update",
        "edit",
        "change",
        "set",
        "get",
        "read",
        "fetch",
        "api",
        "delete",
        "remove",
        "by",
        "status",
        "run",
        "self",
        "current",
    ]
)
_GONE: Final = re.compile(
    r"delete|remove|destroy|drop|purge|wipe|truncate|close[-_]?account|deactivat|suspend|cancel|terminate",
    re.I,
)
_UNSAFE_GET: Final = re.compile(
    r"delete|remove|destroy|drop|purge|wipe|reset|log-?out|sign-?out|create_?db|populate|shutdown|restart|reboot|"
    r"install|migrat|initiali[sz]e|flush|seed",
    re.I,
)
_ACCOUNT: Final = re.compile(
    r"log-?in|log-?out|sign-?in|sign-?out|sign-?up|regist(er|ration)|token|forgot|reset[-_ ]?pass|"
    r"password[-_](reset|recovery|forgot)|recover|verify|refresh|oauth|\bauth$",
    re.I,
)


class Kind(Enum):
    """What an operation does, as far as method and name tell."""

    READ = "read"
    CREATE = "create"  # makes something without naming anything that is there
    ACTION = "action"  # a POST to something that is there
    UPDATE = "update"
    DELETE = "delete"
    ACCOUNT = "account"  # signing up, in and out, and passwords: called when users are made
    CHANNEL = "channel"
    UNSAFE = "unsafe"  # a GET that by its name destroys: not called


@final
@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `place` is path, query, header or cookie."""

    name: str
    place: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    required: bool = False


@final
@dataclass(frozen=True, slots=True)
class Body:
    """What is sent along: its content type and JSON schema, references resolved."""

    content_type: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True


@final
@dataclass(frozen=True)
class Operation:
    """Method and path template with what a call takes.

    `secured` is what the description says of credentials, None where it says nothing; `place` the handler's
    `path:line` where it is known; `origin` how the operation was found.
    """

    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    secured: bool | None = None
    words: str = ""
    place: str = ""
    origin: str = "described"
    fixed: Mapping[str, str] = field(default_factory=dict)  # path values that the user gave

    @property
    def key(self) -> str:
        """The name of the operation in reports; of one that stands beside another, the request as written."""
        return self.origin if " " in self.origin else f"{self.method} {self.path}"

    @cached_property
    def path_names(self) -> tuple[str, ...]:
        """The names in the path template, in order."""
        return tuple(re.findall(r"{([^{}]+)}", self.path))

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """The things that the path names, singular, the last one last."""
        return tuple(
            singular(part)
            for part in self.path.split("/")
            if part and not part.startswith("{") and part.lower() not in _VERBS and not _version(part)
        )

    def resource_of(self, name: str) -> str:
        """The thing whose id the path parameter `name` is, by the segment before it."""
        before = [part for part in self.path.partition("{" + name + "}")[0].split("/") if part]
        for part in reversed(before):
            if not part.startswith("{") and part.lower() not in _VERBS and not _version(part):
                return singular(part)
        return ""

    @cached_property
    def kind(self) -> Kind:
        """What the operation does."""
        if self.method == "WEBSOCKET":
            return Kind.CHANNEL
        if self.method in ("GET", "HEAD", "OPTIONS"):
            return Kind.UNSAFE if _UNSAFE_GET.search(f"{self.path} {self.words}") else Kind.READ
        if _ACCOUNT.search(self._last_words) and "{" not in self.path.rpartition("}")[2]:
            return Kind.ACCOUNT if self.method == "POST" else self._kind_by_method
        return self._kind_by_method

    @cached_property
    def _kind_by_method(self) -> Kind:
        if self.method == "DELETE" or _GONE.search(self.path):
            return Kind.DELETE
        if self.method in ("PUT", "PATCH"):
            return Kind.UPDATE
        return Kind.ACTION if set(self.path_names) - set(self.fixed) else Kind.CREATE

    @cached_property
    def _last_words(self) -> str:
        static = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return "/".join(static[-2:]) if static else ""


def singular(word: str) -> str:
    """Give a name in a form that can be compared: lower case, no separators, singular."""
    plain = re.sub(r"[^a-z0-9]", "", word.lower())
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    if plain.endswith(("sses", "shes", "ches", "xes")):
        return plain[:-2]
    return plain[:-1] if plain.endswith("s") and not plain.endswith("ss") and len(plain) > 3 else plain


def _version(part: str) -> bool:
    return re.fullmatch(r"v\d+(\.\d+)*", part.lower()) is not None
