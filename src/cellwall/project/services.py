"""The servers that the target's tests need: which, and the environment variables that name them to tests.

[tool.cellwall.services.postgres]
variables = ["DATABASE_URL"]
driver = "asyncpg"                     # as SQLAlchemy spells it; "" for a plain postgresql:// URL

[tool.cellwall.services.redis]
variables = ["REDIS_URL"]
url = "redis://127.0.0.1:6379/5"       # a server that runs already; without it one is started
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from cellwall.project.errors import ConfigError
from cellwall.project.read_source import read_text
from cellwall.project.table import Table
from cellwall.project.toml_lines import key_lines

KINDS: Final = ("postgres", "redis")
_DEFAULT_VARIABLES: Final = {"postgres": ("DATABASE_URL",), "redis": ("REDIS_URL",)}


@final
@dataclass(frozen=True, slots=True)
class Service:
    """One server: its kind, the variables that get its URL, the URL of one that runs already, the driver."""

    kind: str
    variables: tuple[str, ...]
    url: str = ""
    driver: str = "asyncpg"


def load_services(root: Path) -> tuple[Service, ...]:
    """Read `[tool.cellwall.services]`; both kinds with their usual variables where nothing is configured.

    Raises:
        ConfigError: a key or a value cannot be used; the message has path and line.
    """
    path = root / "pyproject.toml"
    text = read_text(path, root) or ""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    top = Table(values, (), path=path, lines=key_lines(text))
    table = top.table("tool").table("cellwall").table("services").only(KINDS)
    return tuple(_service(table.table(kind), kind) for kind in table.keys() or KINDS)


def _service(table: Table, kind: str) -> Service:
    table.only(("variables", "url", "driver"))
    variables = table.texts("variables", _DEFAULT_VARIABLES[kind])
    for name in variables:
        if not name.isidentifier():
            table.fail(f"{name!r} is no name of an environment variable", "variables")
    return Service(kind, variables, table.text("url", ""), table.text("driver", "asyncpg"))
