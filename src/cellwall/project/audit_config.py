"""What `cellwall audit` is told of a project: its application, its users, and what is shared by design.

[tool.cellwall.audit]
app = "shop.main:app"                     # or "shop.main:create_app()"; else the role `app` is taken
openapi = ["/openapi.json"]               # where descriptions are served, or files of the repository
sign_up = "POST /register"
sign_in = "POST /login"
users = ["ALICE_TOKEN", "BOB_TOKEN"]      # environment variables with tokens, in place of signing up
requests = ['POST /agents/summary/run {"prompt": {text}}']    # what to call where a description does not tell
channels = ["/ws?token={token}", '/feed {"join": {room_id}}']  # WebSockets, and what is sent first
shared = ["GET /articles*", "field:author_name"]              # what every user may see of others
private = ["GET /users/{user_id}"]        # what nobody may, though it looks as if it were meant
skip = ["POST /admin/restart"]            # what is never called

[tool.cellwall.audit.values]
currency = "EUR"                          # values of parameters and fields, by name

[tool.cellwall.audit.kinds.admin]         # another kind of account: given, or by a sign_up of its own
users = ["ADMIN_TOKEN"]
sees_others = true                        # what it is shown of others is by design
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, final

from cellwall.project.errors import ConfigError
from cellwall.project.read_source import read_text
from cellwall.project.role_table import read_roles
from cellwall.project.samples import read_samples
from cellwall.project.table import Table
from cellwall.project.toml_lines import key_lines

KEYS: Final = (
    "app",
    "openapi",
    "sign_up",
    "sign_in",
    "users",
    "requests",
    "channels",
    "shared",
    "private",
    "skip",
    "values",
    "kinds",
    "database",
)


KIND_KEYS: Final = ("sign_up", "sign_in", "users", "sees_others")


@final
@dataclass(frozen=True, slots=True)
class KindConfig:
    """A further kind of account; `users` are environment variables with tokens."""

    name: str
    sign_up: str = ""
    sign_in: str = ""
    users: tuple[str, ...] = ()
    sees_others: bool = False


@final
@dataclass(frozen=True, slots=True)
class AuditConfig:
    """The table, with what roles and samples say where it says nothing.

    `app` is MODULE:NAME, with `()` behind a factory; `database` the environment variable with a URL.
    """

    app: str = ""
    openapi: tuple[str, ...] = ()
    sign_up: str = ""
    sign_in: str = ""
    users: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    kinds: tuple[KindConfig, ...] = ()
    database: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def load_audit(root: Path) -> AuditConfig:
    """Read `[tool.cellwall.audit]`.

    Raises:
        ConfigError: a key or a value cannot be used; the message has path and line.
    """
    path = root / "pyproject.toml"
    text = read_text(path, root) or ""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    tool = Table(values, (), path=path, lines=key_lines(text)).table("tool").table("cellwall")
    table = tool.table("audit").only(KEYS)
    samples = read_samples(tool.table("samples"))
    sampled = tuple(each for each in (samples.send, samples.read) if each)
    given = values.get("tool", {}).get("cellwall", {}).get("audit", {}).get("values", {})
    return AuditConfig(
        app=table.text("app", "") or _role_app(tool),
        openapi=table.texts("openapi"),
        sign_up=table.text("sign_up", ""),
        sign_in=table.text("sign_in", ""),
        users=table.texts("users"),
        requests=table.texts("requests") or sampled,
        channels=table.texts("channels"),
        shared=table.texts("shared"),
        private=table.texts("private"),
        skip=table.texts("skip"),
        kinds=_kinds(table.table("kinds")),
        database=table.text("database", ""),
        values=MappingProxyType({name: given[name] for name in table.table("values").keys()}),  # noqa: SIM118
    )


def _kinds(table: Table) -> tuple[KindConfig, ...]:
    kinds = ((name, table.table(name).only(KIND_KEYS)) for name in table.keys())  # noqa: SIM118
    return tuple(
        KindConfig(
            name,
            kind.text("sign_up", ""),
            kind.text("sign_in", ""),
            kind.texts("users"),
            kind.flag("sees_others", default=False),
        )
        for name, kind in kinds
    )


def _role_app(tool: Table) -> str:
    """Give the application as the role `app` spells it, "" where it cannot be said as MODULE:NAME."""
    role = read_roles(tool.table("roles")).get("app")
    if role is None or not role.imports:
        return ""
    words = role.imports[0].split()
    name = role.create.removesuffix("()")
    if len(words) == 4 and words[0] == "from" and words[2] == "import" and name == words[3]:
        return f"{words[1]}:{role.create}"
    return ""
