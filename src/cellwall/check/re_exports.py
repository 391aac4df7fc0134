"""Names of libraries that modules of the project hand on: re-exports, and objects that they make for others.

Read off the text, without parsing: import statements and `name = Class(...)` at the left margin. Only names
that rules look for are kept, and of those only what another file imports.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.lines import BOM
from cellwall.check.module_facts import dotted_name
from cellwall.check.shared_names import MAKERS

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
# What stands at the left margin, in one pass: the end of a line is looked for ten times as fast as a line's
# beginning. Only that is consumed, so that text which looks like an import hides no statement after it. What
# repeats is possessive, ends where it fails or has a limit, so that no line is made to be hard.
_BLANK: Final = rb"[ \t]*+(?:\\\r?\n(?!from[ \t])[ \t]*+)*"  # no line goes on past other imports,
_LISTED: Final = rb"\([^)#\n]*+(?:(?:#[^\n]*+)?\n(?!from[ \t])[^)#\n]*+)*\)"  # and no list that was left open
_NAMED: Final = rb"[^\n#\\;]*+(?:\\\r?\n(?!from[ \t])[^\n#\\;]*+)*"
_FROM: Final = rb"from%s([\w.]+)%simport%s(%s|%s)" % (_BLANK, _BLANK, _BLANK, _LISTED, _NAMED)
_PLAIN: Final = rb"import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*)?\r?$"
_MAKING: Final = rb"(\w++)(?:[ \t]*+:[^=\n]++)?[ \t]*+=[ \t]*+(?:([\w.]++)(?:\[[^\]\n]*+\])?\(|([\[{]))"
_ASSIGNED: Final = rb"(\w++)[ \t]*+=[ \t]*+([\w.]++)[ \t]*+(?:#.*+)?\r?$"
_AT_MARGIN: Final = deferred(
    rb"\n(?=\w)(?=" + b"|".join([_FROM, _PLAIN, _MAKING, _ASSIGNED]) + rb")", re.MULTILINE
)
_COMMENT: Final = deferred(r"#[^\n]*")
_CONTAINERS: Final = frozenset(name.encode() for name in MAKERS)


@final
class ReExports:
    """What the files seen so far hand on, and what they import."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Begin with nothing; `names` are those of the roles, which count beside the libraries'."""
        self._looked_for = LOOKED_FOR.union(names)
        self._aliases: dict[str, str] = {}
        self._instances: dict[str, str] = {}
        self._containers: list[tuple[str, str]] = []  # the module, the name
        self._handed_on: list[tuple[str, dict[str, str]]] = []  # a package, what its names stand for
        self._wanted: set[tuple[str, str]] = set()
        # The same statement stands in many files: the names that it binds, and those of them that count.
        self._read: dict[tuple[str, bytes], tuple[dict[str, str], list[str]]] = {}

    def add(self, path: str, source: bytes) -> list[tuple[bytes, ...]]:
        """Read one file, and give the statements at its margin on which all that it says rests."""
        module, is_package = dotted_name(path), path.endswith("__init__.py")
        known: dict[str, str] = {}
        counting: list[str] = []
        imports: list[tuple[bytes, bytes]] = []
        given: list[tuple[bytes, bytes, bool]] = []
        statements: list[tuple[bytes, ...]] = _AT_MARGIN.findall(b"\n" + source.removeprefix(BOM))
        for origin, listed, plain, other, making, made, literal, assigned, value in statements:
            if origin:
                imports.append((origin, listed))
            elif plain:
                self._plain(plain.decode(), other.decode(), known, counting)
            elif literal or made.rpartition(b".")[2] in _CONTAINERS:
                self._containers.append((module, making.decode()))
            else:
                given.append((making or assigned, made or value, bool(made)))
        for origin, listed in imports:  # after the others: what a name stands for was decided so
            spelled = origin.decode()
            dotted = _absolute(spelled, module, is_package=is_package) if spelled[0] == "." else spelled
            names, count = self._names(dotted, listed)
            known.update(names)
            counting += count
            if is_package:
                self._handed_on.append((module, names))
        for name in counting:
            if self._counts(known[name]):
                self._aliases[f"{module}.{name}"] = known[name]
        for name, dotted, is_made in _given(given, known):
            if is_made and dotted.rpartition(".")[2] in MADE:
                self._instances[f"{module}.{name}"] = dotted
            elif not is_made and self._counts(dotted):
                self._aliases[f"{module}.{name}"] = dotted
        return statements

    def imported(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give dotted name -> what it stands for, and -> class of the object, for what others import."""
        return _imported(self._aliases, self._wanted), _imported(self._instances, self._wanted)

    def containers(self) -> frozenset[str]:
        """Give lists, sets and dictionaries of modules that others import, by name or with their module."""
        modules = {name for _, name in self._wanted}
        found = {
            f"{module}.{name}"
            for module, name in self._containers
            if (last := module.rpartition(".")[2]) in modules or (last, name) in self._wanted
        }
        names = {dotted.rpartition(".")[2] for dotted in found}
        for package, handed_on in self._handed_on:
            for bound, target in handed_on.items():
                if target.rpartition(".")[2] in names and target in found:
                    found.add(f"{package}.{bound}")
        return frozenset(found)

    def _plain(self, dotted: str, other: str, known: dict[str, str], counting: list[str]) -> None:
        """Take over what `import dotted as other` binds, without `as` where there is no other name."""
        imported = dotted if other else dotted.partition(".")[0]
        name = other or imported
        known[name] = imported
        if self._counts(imported):
            counting.append(name)
        self._wants(imported)

    def _names(self, origin: str, listed: bytes) -> tuple[dict[str, str], list[str]]:
        """Give what each name that an import statement binds stands for, and the names that count."""
        found = self._read.get((origin, listed))
        if found is None:
            names = dict(_listed(listed))
            last = origin.rpartition(".")[2]
            self._wanted.update((last, name) for name in names.values())
            count = [bound for bound, name in names.items() if name in self._looked_for]
            found = {bound: f"{origin}.{name}" for bound, name in names.items()}, count
            self._read[(origin, listed)] = found
        return found

    def _counts(self, target: str) -> bool:
        return target.rpartition(".")[2] in self._looked_for

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


def _listed(listed: bytes) -> Iterator[tuple[str, str]]:
    """Give the names after the word `import`: each as it is bound here, and as it is called there."""
    text = listed.decode("utf-8", "replace")
    if "#" in text:
        text = _COMMENT.sub("", text)
    for part in text.strip("()\\ \r\n").replace("\\", " ").split(","):
        words = part.split()
        if words and words[0] != "*":
            yield (words[2] if len(words) == len(["a", "as", "b"]) else words[0]), words[0]


def _absolute(spelled: str, module: str, *, is_package: bool) -> str:
    """Give the dotted module that an import statement names, relative ones as seen from `module`."""
    rest = spelled.lstrip(".")
    level = len(spelled) - len(rest)
    if not level:
        return rest
    parts = module.split(".")
    base = parts[: len(parts) - level + is_package]
    return ".".join([*base, *([rest] if rest else [])])


def _given(
    found: Iterable[tuple[bytes, bytes, bool]], known: dict[str, str]
) -> Iterator[tuple[str, str, bool]]:
    """Give the names that assignments at the left margin bind to something imported, or to what it makes."""
    for name, value, is_made in found:
        first, dot, rest = value.decode().partition(".")
        if first in known:
            yield name.decode(), known[first] + dot + rest, is_made
