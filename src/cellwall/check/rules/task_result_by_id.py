"""CW606: the result of a task, or the memory of a conversation, that an id from the request opens."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import base_names
from cellwall.check.known_name import is_named
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.sent_values import sent_name
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.who_minds import minds_who_asks


@final
class TaskResultById:
    """The result of a task, or the memory of a conversation, that an id from the request opens.

    What it does:
        Finds `AsyncResult(task_id)` of Celery, `Job.fetch(job_id)` of RQ and a graph's
        `{"configurable": {"thread_id": thread_id}}` in a request handler, where the id is what the
        client sent and the function asks for no owner, user or permission.

    Why it leaks:
        Results and conversations are kept under the id alone. Whoever has the id reads another user's
        result, or goes on with another user's conversation.

    Example:
        @app.get("/tasks/{task_id}")
        async def status(task_id: str):
            return AsyncResult(task_id).result

    Use instead:
        @app.get("/tasks/{task_id}")
        async def status(task_id: str, user: User = Depends(current_user)):
            if await owner_of(task_id) != user.id:
                raise HTTPException(404)
            return AsyncResult(task_id).result

    Fix safety:
        Never repaired: the owner has to be kept when the task is started.
    """

    name: ClassVar[str] = "task-result-by-id"
    code: ClassVar[str] = "CW606"
    family: ClassVar[Family] = Family.SOCKETS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from celery.result import AsyncResult\nfrom fastapi import Depends, FastAPI\n\napp = FastAPI()\n"
            "\n\n@app.get('/tasks/{task_id}')\nasync def status(task_id: str, user=Depends(who)):\n"
            "    if await owner_of(task_id) != user.id:\n        raise HTTPException(404)\n"
            "    return AsyncResult(task_id).result\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI\nfrom app.tasks import build\n\napp = FastAPI()\n\n\n"
            "@app.post('/tasks')\nasync def start(text: str):\n"
            "    return {'task_id': build.delay(text).id}\n",
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from celery.result import AsyncResult\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
            "@app.get('/tasks/{task_id}')\nasync def status(task_id: str):\n"
            "    return AsyncResult(task_id).result\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI\nfrom app.graph import graph\n\napp = FastAPI()\n\n\n"
            "@app.post('/chat')\nasync def chat(thread_id: str, text: str):\n"
            "    config = {'configurable': {'thread_id': thread_id}}\n"
            "    return await graph.ainvoke({'text': text}, config=config)\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of what is found by an id."""
        opened = Gate.any_of(b"AsyncResult", b"GroupResult", b"fetch", b"configurable")
        return IN_SERVICE & opened & handles_requests()

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each result or conversation that an id alone opens."""
        if module.is_test or never_in_service(module.path):
            return
        for node in (*module.of(ast.Call), *module.of(ast.Dict)):
            key = _key(module, node)
            function = module.function(node) if key is not None else None
            if key is None or function is None or function not in request_handlers(module):
                continue
            name = sent_name(module, function, key)
            if name and not minds_who_asks(module, function) and not _is_for_staff(module, function):
                yield finding(self, module, node, f"`{name}` alone opens this, whoever sends it")


def _is_for_staff(module: ModuleFacts, function: Function) -> bool:
    """Tell whether the view's class, or a base of it in the module, lets in only those who pass its test."""
    cls = module.nodes.owner(function)
    names = {name.rpartition(".")[2] for name in base_names(module, cls)} | {cls.name} if cls else set()
    return any(
        node.name == "test_func"
        for one in module.of(ast.ClassDef)
        if one.name in names
        for node in one.body
        if isinstance(node, FUNCTIONS)
    )


_RESULTS: Final = ("AsyncResult", "GroupResult")


def _key(module: ModuleFacts, node: ast.expr) -> ast.expr | None:
    """Give the id by which a result or a conversation is found, None for anything else."""
    match node:
        case ast.Call(func=ast.Attribute(value=jobs, attr="fetch"), args=[key, *_]):
            return key if is_named(module, jobs, ("Job",)) else None
        case ast.Call(func=func, args=[key, *_]) if is_named(module, func, _RESULTS):
            return key
        case ast.Dict(keys=[*keys], values=[*values]):
            found = (v for k, v in zip(keys, values, strict=True) if getattr(k, "value", "") == "thread_id")
            return next(found, None) if _is_configurable(module, node) else None
    return None


def _is_configurable(module: ModuleFacts, given: ast.Dict) -> bool:
    """Tell whether a dictionary is what a graph is told about its run."""
    around = module.nodes.parent(given)
    if isinstance(around, ast.keyword):
        return around.arg == "configurable"
    return isinstance(around, ast.Dict) and any(
        value is given and getattr(key, "value", "") == "configurable"
        for key, value in zip(around.keys, around.values, strict=True)
    )
