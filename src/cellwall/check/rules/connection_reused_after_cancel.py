"""CW308: a connection that goes back to its pool with an answer under way when its reader is cancelled."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.answer_under_way import asks_and_reads, catches_cancel, names_of_connection, speaks_of
from cellwall.check.called_function import called_function
from cellwall.check.decorators import decorators
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    is_coroutine,
    waits,
)
from cellwall.check.gaps import CLOSED, GAP, OPENED
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class ConnectionReusedAfterCancel:
    """A connection that is written, then read, and used again when the reader is cancelled in between.

    What it does:
        Finds coroutines that speak a protocol of commands and answers: a connection is written and then
        read, by the coroutine or by a method that it hands the connection to, and it goes back to its
        pool (`release`, `append` to a list of free ones) or to the object that lent it, with no handler
        for `BaseException` or `CancelledError` that gives it up. So does what an `async with` lends, where
        the function that lends it stands in the same module. A stream of the connection counts like
        itself (`conn.writer.write(...)`, then `await conn.reader.readline()`); so do variables that hold
        its streams. A `finally` that may give it up too is no finding. So too a reader of packets, head
        first and then body, that handles other errors only.

    Why it leaks:
        The answer to the cancelled command is still under way. Whoever gets the connection next sends a
        command and reads that answer: another user's data.

    Example:
        conn = await pool.get_connection()
        try:
            await conn.send_command(command)
            return await conn.read_response()
        finally:
            await pool.release(conn)

    Use instead:
        conn = await pool.get_connection()
        try:
            await conn.send_command(command)
            return await conn.read_response()
        except BaseException:
            await conn.disconnect()
            raise
        finally:
            await pool.release(conn)

    Fix safety:
        Never repaired: how a connection is given up is the protocol's matter.
    """

    name: ClassVar[str] = "connection-reused-after-cancel"
    code: ClassVar[str] = "CW308"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "async def run(pool, command):\n    conn = await pool.get_connection()\n    try:\n"
            "        await conn.send_command(command)\n        return await conn.read_response()\n"
            "    except BaseException:\n        await conn.disconnect()\n        raise\n"
            "    finally:\n        await pool.release(conn)\n",
            path="app/client.py",
        ),
        Example(
            "async def rows(pool):\n    conn = await pool.acquire()\n    try:\n"
            "        return await conn.fetch('select 1')\n    finally:\n        await pool.release(conn)\n",
            path="app/rows.py",
        ),
        Example(
            "async def call(lines, command):\n    conn = await connect()\n    try:\n"
            "        await conn.send(command)\n        return await conn.read()\n"
            "    finally:\n        await lines.release(conn)\n",
            path="app/calls.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "async def run(pool, command):\n    conn = await pool.get_connection()\n    try:\n"
            "        await conn.send_command(command)\n        return await conn.read_response()\n"
            "    finally:\n        await pool.release(conn)\n",
            path="app/client.py",
        ),
        Example(
            "async def ask(lines, question):\n    connection = await lines.acquire()\n    try:\n"
            "        await connection.send(question)\n        return await connection.read()\n"
            "    finally:\n        await lines.release(connection)\n",
            path="app/model.py",
        ),
        Example(
            "async def ask(lines, question):\n    conn = await lines.acquire()\n    try:\n"
            "        conn.writer.write(question)\n        await conn.writer.drain()\n"
            "        return await conn.reader.readline()\n"
            "    finally:\n        lines.release(conn)\n",
            path="app/model.py",
        ),
        Example(
            "class Client:\n    async def _ask(self, conn, command):\n"
            "        await conn.send_command(command)\n"
            "        return await conn.read_response()\n\n    async def run(self, command):\n"
            "        conn = await self.pool.get()\n        try:\n"
            "            return await self._ask(conn, command)\n"
            "        finally:\n            self._free.append(conn)\n",
            path="app/client.py",
        ),
        Example(
            "class Connection:\n    def _write(self, data):\n        self._writer.write(data)\n\n"
            "    async def _read_packet(self):\n        try:\n"
            "            head = await self._reader.readexactly(4)\n"
            "            return await self._reader.readexactly(size(head))\n        except OSError:\n"
            "            raise\n",
            path="app/connection.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what gives a connection back, or reads a part of a stream."""
        return (
            IN_SERVICE
            & Gate.any_of(b"finally", b"writer")
            & Gate.any_of(b"async def", b"coroutine", re.compile(rb"async[ \t\\\f]"))
            & Gate.any_of(b"release", b"append", b"put", b"read", b"return_connection")
            & Gate.any_of(b"conn", b"reader", b"stream", re.compile(rb"conn", re.IGNORECASE))
            & Gate.any_of(_CONNECTION_BACK, _STREAM_READ)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each connection that is used again with an answer under way."""
        if module.is_test or never_in_service(module.path):
            return
        for function in module.nodes.functions():
            if not is_coroutine(function):
                continue
            yield from self._given_back(module, function)
            yield from self._lent(module, function)
            yield from self._half_read(module, function)

    def _given_back(self, module: ModuleFacts, function: Function) -> Iterator[Finding]:
        for call in own(module, function, ast.Call):
            name = _given_back(module, function, call)
            final = _final(module, call) if name else []
            if not final or _is_given_up(module, function):
                continue
            names = names_of_connection(module, function, name)
            if _may_give_up(call, final, names):
                continue
            wait = asks_and_reads(module, function, names)
            if wait is not None:
                message = f"`{name}` goes back with an answer under way when this is cancelled"
                yield finding(self, module, wait, message)

    def _lent(self, module: ModuleFacts, function: Function) -> Iterator[Finding]:
        """Find connections of an `async with` that a function of the module lends and takes back."""
        for name in _lent_names(module, function):
            wait = asks_and_reads(module, function, names_of_connection(module, function, name))
            if wait is not None:
                message = f"`{name}` goes back with an answer under way when this is cancelled"
                yield finding(self, module, wait, message)

    def _half_read(self, module: ModuleFacts, function: Function) -> Iterator[Finding]:
        cls = module.nodes.owner(function)
        reads = [wait for wait in waits(module, function) if _reads_stream(wait)]
        if cls is None or len(reads) < 2 or not _writes(cls):
            return
        for handled in own(module, function, ast.Try):
            inside = [w for w in reads if any(w in walk(s) for s in handled.body)]
            if len(inside) > 1 and not any(catches_cancel(h) for h in handled.handlers):
                message = (
                    "cancelled here, the rest of the answer stays in the stream: the next reader gets it"
                )
                if isinstance(inside[0], ast.expr):
                    yield finding(self, module, inside[0], message)
                return


_BACK: Final = frozenset(
    {"release", "put", "put_nowait", "append", "appendleft", "return_connection", "release_connection"}
)
_FREE: Final = deferred(r"pool|free|idle|available|connections", re.IGNORECASE)
_PARTS: Final = frozenset({"readexactly", "readuntil", "readline", "read"})
_STREAM: Final = deferred(r"^self\.\w*(reader|stream)\w*$")
_CONNECTION: Final = deferred(r"conn", re.IGNORECASE)
_CONNECTION_BACK: Final = deferred(
    rb"(?:"
    + "|".join(sorted(_BACK)).encode()
    + rb")"
    + CLOSED
    + rb"\("
    + OPENED
    + rb"[\w\x80-\xff]*(?i:conn)"
)
_STREAM_READ: Final = deferred(rb"(?:reader|stream)[\w\x80-\xff]*" + CLOSED + rb"\." + GAP + rb"read")
_GIVING_UP: Final = deferred(r"^_?(a?close|disconnect|discard|abort|terminate|invalidate|drop|kill)")
_TOLD: Final = deferred(r"clos|discard|reus|broken|health|keep|valid|err|exc|reset|clean|dirty")


def _given_back(module: ModuleFacts, function: Function, call: ast.Call) -> str:
    """Give the name of the connection that a call gives back to a pool, "" for any other call."""
    match call:
        case ast.Call(func=ast.Attribute(value=pool, attr=method), args=[ast.Name(id=name), *_]):
            if method in _BACK and _CONNECTION.search(name):
                is_pool = _FREE.search(ast.unparse(pool)) or _lends(module, function, pool, name)
                return name if is_pool else ""
    return ""


def _lent_names(module: ModuleFacts, function: Function) -> Iterator[str]:
    """Give the connections that a function of the module lends to the blocks of this one."""
    for block in own(module, function, ast.AsyncWith):
        for item in block.items:
            match item:
                case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=name)):
                    lender = called_function(module, call)
                    if lender is not None and _takes_back(module, lender):
                        yield from () if _is_given_up(module, function) else (name,)


def _takes_back(module: ModuleFacts, lender: Function) -> bool:
    """Tell whether a function lends a connection to a block, and gives it back however the block ends."""
    if not any(d.last == "asynccontextmanager" for d in decorators(module, lender)):
        return False
    for call in own(module, lender, ast.Call):
        name = _given_back(module, lender, call)
        final = _final(module, call) if name else []
        if final and not _is_given_up(module, lender):
            return not _may_give_up(call, final, names_of_connection(module, lender, name))
    return False


def _lends(module: ModuleFacts, function: Function, pool: ast.expr, name: str) -> bool:
    """Tell whether an object that takes a connection back is the one that gave it."""
    for assignment in own(module, function, ast.Assign):
        match assignment:
            case ast.Assign(
                targets=[ast.Name(id=kept)], value=ast.Await(value=ast.Call(func=ast.Attribute(value=lender)))
            ) if kept == name:
                return ast.unparse(lender) == ast.unparse(pool)
    return False


def _is_given_up(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a handler for a cancelled reader stands in the function."""
    tries = own(module, function, ast.Try)
    return any(any(catches_cancel(handler) for handler in handled.handlers) for handled in tries)


def _may_give_up(back: ast.Call, final: list[ast.stmt], names: frozenset[str]) -> bool:
    """Tell whether a connection may be closed instead: there, or by what the pool is told."""
    if any(_TOLD.search(keyword.arg or "") for keyword in back.keywords):
        return True
    calls = (node for statement in final for node in walk(statement) if isinstance(node, ast.Call))
    return any(
        isinstance(call.func, ast.Attribute)
        and _GIVING_UP.search(call.func.attr) is not None
        and speaks_of(call, names)
        for call in calls
    )


def _final(module: ModuleFacts, call: ast.Call) -> list[ast.stmt]:
    """Give the `finally` in which a call stands, [] for any other call."""
    child: ast.AST = call
    for ancestor in module.nodes.ancestors(call):
        if isinstance(ancestor, ast.Try) and child in ancestor.finalbody:
            return ancestor.finalbody
        child = ancestor
    return []


def _reads_stream(wait: ast.AST) -> bool:
    match wait:
        case (
            ast.Await(value=ast.Call(func=ast.Attribute(value=stream, attr=method)))
            | ast.YieldFrom(value=ast.Call(func=ast.Attribute(value=stream, attr=method)))
        ):
            return method in _PARTS and _STREAM.match(spelled(stream)) is not None
    return False


def _writes(cls: ast.ClassDef) -> bool:
    return any(
        isinstance(n, ast.Attribute) and n.attr == "write" and "writer" in spelled(n.value) for n in walk(cls)
    )
