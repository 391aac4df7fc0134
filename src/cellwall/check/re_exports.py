"""Names of libraries that modules of the project hand on: re-exports, and objects that they make for others.

Read off the text, without parsing: import statements and `name = Class(...)` at the left margin. Only names
that rules look for are kept, and of those only what another file imports.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import dotted_name

LOOKED_FOR: Final = frozenset(
    [
        "APIRouter",
        "AsyncClient",
        "AsyncNamespace",
        "AsyncResult",
        "AsyncServer",
        "AsyncSession",
        "BackgroundTasks",
        "BaseHTTPMiddleware",
        "Blueprint",
        "Cache",
        "Celery",
        "Client",
        "ClientSession",
        "Column",
        "ContextVar",
        "Depends",
        "Env",
        "FastAPI",
        "Field",
        "Flask",
        "HttpRequest",
        "JSONField",
        "ModelAdmin",
        "Namespace",
        "Posthog",
        "Quart",
        "Request",
        "Route",
        "RouteTableDef",
        "SecretStr",
        "Security",
        "Server",
        "Session",
        "SocketIO",
        "StateGraph",
        "Task",
        "TaskGroup",
        "Thread",
        "ThreadPoolExecutor",
        "Timer",
        "aget_object_or_404",
        "analytics",
        "async_sessionmaker",
        "asynccontextmanager",
        "cache",
        "cache_control",
        "cache_page",
        "cached",
        "connect",
        "contextmanager",
        "create_task",
        "current_app",
        "current_user",
        "dataclass",
        "decode",
        "delete",
        "emit",
        "encode",
        "ensure_future",
        "entrypoint",
        "field",
        "fixture",
        "g",
        "gather",
        "get_object_or_404",
        "getenv",
        "insert",
        "jwt",
        "local",
        "lru_cache",
        "mapped_column",
        "memoize",
        "method_decorator",
        "models",
        "patch_cache_control",
        "posthog",
        "request",
        "scoped_session",
        "select",
        "session",
        "sessionmaker",
        "shared_task",
        "system_context",
        "task",
        "text",
        "update",
        "vary_on_headers",
        "web",
    ]
)
MADE: Final = frozenset(
    [
        "APIRouter",
        "AsyncClient",
        "AsyncServer",
        "Blueprint",
        "Cache",
        "Celery",
        "Client",
        "ClientSession",
        "ContextVar",
        "FastAPI",
        "Flask",
        "Posthog",
        "Quart",
        "RouteTableDef",
        "Server",
        "Session",
        "SocketIO",
        "StateGraph",
        "local",
    ]
)
# Each begins with the end of a line, which is looked for ten times as fast as a line's beginning, and is
# possessive, so that a line made to be hard costs no more than its length.
_IMPORT: Final = deferred(rb"\nfrom[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*(?:\\\n[^\n#]*)*)")
_PLAIN: Final = deferred(rb"\nimport[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_MAKING: Final = deferred(
    rb"\n(\w++)(?:[ \t]*+:[^=\n]++)?[ \t]*+=[ \t]*+([\w.]++)(?:\[[^\]\n]*+\])?\(", re.MULTILINE
)
_ASSIGNED: Final = deferred(rb"\n(\w++)[ \t]*+=[ \t]*+([\w.]++)[ \t]*+(?:#.*+)?\r?$", re.MULTILINE)
_COMMENT: Final = deferred(r"#[^\n]*")


@final
class ReExports:
    """What the files seen so far hand on, and what they import."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Begin with nothing; `names` are those of the roles, which count beside the libraries'."""
        self._looked_for = LOOKED_FOR.union(names)
        self._aliases: dict[str, str] = {}
        self._instances: dict[str, str] = {}
        self._wanted: set[tuple[str, str]] = set()
        self._read: dict[tuple[str, bytes], dict[str, str]] = {}  # the same statement stands in many files

    def add(self, path: str, source: bytes) -> None:
        """Read one file."""
        module, is_package = dotted_name(path), path.endswith("__init__.py")
        source = b"\n" + source
        known: dict[str, str] = {}
        for plain in _PLAIN.finditer(source):
            imported = plain[1].decode() if plain[2] else plain[1].decode().partition(".")[0]
            known[plain[2].decode() if plain[2] else imported] = imported
            self._wants(imported)
        for found in _IMPORT.finditer(source):
            spelled = found[1].decode()
            origin = _absolute(spelled, module, is_package=is_package) if spelled[0] == "." else spelled
            known.update(self._names(origin, found[2]))
        for name, target in known.items():
            if target.rpartition(".")[2] in self._looked_for:
                self._aliases[f"{module}.{name}"] = target
        for name, dotted in _given(source, _ASSIGNED, known):
            if dotted.rpartition(".")[2] in self._looked_for:
                self._aliases[f"{module}.{name}"] = dotted
        for name, dotted in _given(source, _MAKING, known):
            if dotted.rpartition(".")[2] in MADE:
                self._instances[f"{module}.{name}"] = dotted

    def imported(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give dotted name -> what it stands for, and -> class of the object, for what others import."""
        return _imported(self._aliases, self._wanted), _imported(self._instances, self._wanted)

    def _names(self, origin: str, listed: bytes) -> dict[str, str]:
        """Give the names that an import statement binds, each with what it stands for."""
        names = self._read.get((origin, listed))
        if names is None:
            names = self._read[(origin, listed)] = dict(_listed(origin, listed))
            for target in names.values():
                self._wants(target)
        return names

    def _wants(self, target: str) -> None:
        module, _, name = target.rpartition(".")
        self._wanted.add((module.rpartition(".")[2], name))


def re_exports(files: Iterable[tuple[str, bytes]]) -> tuple[dict[str, str], dict[str, str]]:
    """Give dotted name -> what it stands for, and -> class of the object, for what others import."""
    found = ReExports()
    for path, source in files:
        found.add(path, source)
    return found.imported()


def _imported(table: dict[str, str], wanted: set[tuple[str, str]]) -> dict[str, str]:
    """Keep what some file imports, by the last part of the module's name and the name."""
    return {
        dotted: target
        for dotted, target in table.items()
        if tuple(dotted.split(".")[-2:]) in wanted and dotted != target
    }


def _listed(origin: str, listed: bytes) -> Iterator[tuple[str, str]]:
    """Give the names after the word `import`, each with what it stands for."""
    for part in (
        _COMMENT.sub("", listed.decode("utf-8", "replace")).strip("()\\ \r\n").replace("\\", " ").split(",")
    ):
        words = part.split()
        if words and words[0] != "*":
            yield (words[2] if len(words) == len(["a", "as", "b"]) else words[0]), f"{origin}.{words[0]}"


def _absolute(spelled: str, module: str, *, is_package: bool) -> str:
    """Give the dotted module that an import statement names, relative ones as seen from `module`."""
    rest = spelled.lstrip(".")
    level = len(spelled) - len(rest)
    if not level:
        return rest
    parts = module.split(".")
    base = parts[: len(parts) - level + is_package]
    return ".".join([*base, *([rest] if rest else [])])


def _given(source: bytes, pattern: "re.Pattern[bytes]", known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give the names that assignments at the left margin bind to something imported."""
    for found in pattern.finditer(source):
        first, dot, rest = found[2].decode().partition(".")
        if first in known:
            yield found[1].decode(), known[first] + dot + rest
