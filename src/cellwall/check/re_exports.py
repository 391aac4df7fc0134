"""Names of libraries that modules of the project hand on: re-exports, and objects that they make for others.

Read off the text, without parsing: import statements and `name = Class(...)` at the left margin. Only names
that rules look for are kept, and of those only what another file imports.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from cellwall.check.module_facts import dotted_name

LOOKED_FOR: Final = frozenset(
    [
        "APIRouter",
        "AsyncClient",
        "AsyncNamespace",
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
        "FastAPI",
        "Flask",
        "JSONField",
        "ModelAdmin",
        "Namespace",
        "Posthog",
        "Quart",
        "Request",
        "Route",
        "RouteTableDef",
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
        "async_sessionmaker",
        "asynccontextmanager",
        "aget_object_or_404",
        "analytics",
        "cache",
        "cache_page",
        "cached",
        "contextmanager",
        "create_task",
        "current_user",
        "decode",
        "delete",
        "emit",
        "encode",
        "ensure_future",
        "field",
        "fixture",
        "g",
        "gather",
        "get_object_or_404",
        "getenv",
        "jwt",
        "local",
        "lru_cache",
        "mapped_column",
        "memoize",
        "method_decorator",
        "models",
        "posthog",
        "request",
        "scoped_session",
        "select",
        "session",
        "sessionmaker",
        "system_context",
        "shared_task",
        "text",
        "update",
        "vary_on_headers",
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
_IMPORT: Final = re.compile(
    rb"^from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*(?:\\\n[^\n#]*)*)", re.MULTILINE
)
_PLAIN: Final = re.compile(rb"^import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
# Possessive, so that a line made to be hard costs no more than its length.
_MAKING: Final = re.compile(
    rb"^(\w++)(?:[ \t]*+:[^=\n]++)?[ \t]*+=[ \t]*+([\w.]++)(?:\[[^\]\n]*+\])?\(", re.MULTILINE
)
_ASSIGNED: Final = re.compile(rb"^(\w++)[ \t]*+=[ \t]*+([\w.]++)[ \t]*+(?:#.*+)?\r?$", re.MULTILINE)
_COMMENT: Final = re.compile(r"#[^\n]*")


def re_exports(files: Iterable[tuple[str, bytes]]) -> tuple[dict[str, str], dict[str, str]]:
    """Give dotted name -> what it stands for, and -> class of the object, for what others import."""
    aliases: dict[str, str] = {}
    instances: dict[str, str] = {}
    wanted: set[tuple[str, str]] = set()
    for path, source in files:
        module = dotted_name(path)
        known = dict(_imports(source, module, is_package=path.endswith("__init__.py")))
        wanted.update(
            (target.rpartition(".")[0].rpartition(".")[2], target.rpartition(".")[2])
            for target in known.values()
        )
        for name, target in known.items():
            if target.rpartition(".")[2] in LOOKED_FOR:
                aliases[f"{module}.{name}"] = target
        for name, dotted in _given(source, _ASSIGNED, known):
            if dotted.rpartition(".")[2] in LOOKED_FOR:
                aliases[f"{module}.{name}"] = dotted
        for name, dotted in _given(source, _MAKING, known):
            if dotted.rpartition(".")[2] in MADE:
                instances[f"{module}.{name}"] = dotted
    return _imported(aliases, wanted), _imported(instances, wanted)


def _imported(table: dict[str, str], wanted: set[tuple[str, str]]) -> dict[str, str]:
    """Keep what some file imports, by the last part of the module's name and the name."""
    return {
        dotted: target
        for dotted, target in table.items()
        if tuple(dotted.split(".")[-2:]) in wanted and dotted != target
    }


def _imports(source: bytes, module: str, *, is_package: bool) -> Iterator[tuple[str, str]]:
    """Give the names that import statements at the left margin bind, with what they stand for."""
    for found in _PLAIN.finditer(source):
        target = found[1].decode()
        yield (
            (found[2].decode(), target) if found[2] else (target.partition(".")[0], target.partition(".")[0])
        )
    for found in _IMPORT.finditer(source):
        origin = _absolute(found[1].decode(), module, is_package=is_package)
        listed = _COMMENT.sub("", found[2].decode("utf-8", "replace")).strip("()\\ \r\n")
        for part in listed.replace("\\", " ").split(","):
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
