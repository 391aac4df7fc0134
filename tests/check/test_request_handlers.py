"""Each framework's handlers are recognised, and what stands beside them is not."""

from textwrap import dedent

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.request_handlers import frameworks, request_handlers

SHAPES = {
    "fastapi": """
        from fastapi import APIRouter, Depends
        router = APIRouter()
        def yes_user(token): ...
        @router.get("/me")
        async def yes(user=Depends(yes_user)): ...
        @cache.get("me")
        def no(): ...
    """,
    "starlette": """
        from starlette.endpoints import HTTPEndpoint
        from starlette.routing import Route
        async def yes(request): ...
        async def yes_app(scope, receive, send): ...
        class Page(HTTPEndpoint):
            async def get(self, request): ...
            def no(self): ...
        routes = [Route("/", yes)]
    """,
    "flask": """
        from flask import Blueprint
        from flask.views import MethodView
        api = Blueprint("api", __name__)
        @api.route("/")
        def yes(): ...
        @api.before_request
        def yes_before(): ...
        class Page(MethodView):
            def get(self): ...
        @api.cli.command("x")
        def no(): ...
    """,
    "quart": """
        from quart import Quart
        app = Quart(__name__)
        @app.get("/")
        async def yes(): ...
        @app.websocket("/ws")
        async def yes_socket(): ...
        def no(): ...
    """,
    "django": """
        from django.views.generic import ListView
        def yes(request, pk): ...
        class Page(ListView):
            def get_queryset(self): ...
            def no(self): ...
    """,
    "drf": """
        from rest_framework.decorators import api_view, action
        from rest_framework.viewsets import ModelViewSet
        @api_view(["GET"])
        def yes(request): ...
        class Notes(ModelViewSet):
            def perform_create(self, serializer): ...
            @action(detail=True)
            def yes_action(self, request): ...
            def no(self): ...
    """,
    "aiohttp": """
        from aiohttp import web
        routes = web.RouteTableDef()
        @routes.get("/")
        async def yes(request): ...
        async def yes_typed(request: web.Request): ...
        async def no(session): ...
    """,
    "litestar": """
        from litestar import Controller, get, post
        @get("/")
        async def yes() -> None: ...
        class Notes(Controller):
            @post()
            async def yes_post(self) -> None: ...
            def no(self) -> None: ...
    """,
    "socketio": """
        import socketio
        sio = socketio.AsyncServer()
        @sio.event
        async def yes(sid, data): ...
        class Chat(socketio.AsyncNamespace):
            async def on_connect(self, sid, environ): ...
            async def no(self): ...
    """,
    "channels": """
        from channels.generic.websocket import AsyncWebsocketConsumer
        class Chat(AsyncWebsocketConsumer):
            async def connect(self): ...
            async def no(self): ...
    """,
    "langgraph": """
        from langgraph.graph import StateGraph
        def yes(state): ...
        def no(state): ...
        graph = StateGraph(dict)
        graph.add_node("yes", yes)
    """,
    "celery": """
        from celery import Celery, Task, shared_task
        app = Celery("app")
        @app.task
        def yes(): ...
        @shared_task(bind=True)
        def yes_shared(self): ...
        class Send(Task):
            def run(self): ...
            def no(self): ...
    """,
}
METHODS = {"get", "post", "get_queryset", "perform_create", "on_connect", "connect", "run"}


def facts(source: str, path: str = "app/main.py", *, is_test: bool = False) -> ModuleFacts:
    module = module_facts(path, dedent(source).encode(), ProjectFacts(), is_test=is_test)
    assert isinstance(module, ModuleFacts)
    return module


def test_every_framework_has_shapes() -> None:
    assert {framework.__name__.rpartition(".")[2] for framework in frameworks()} == SHAPES.keys()


@pytest.mark.parametrize("name", SHAPES)
def test_handlers_are_told_from_what_stands_beside_them(name: str) -> None:
    module = facts(SHAPES[name])
    found = {function.name for function in request_handlers(module)}
    every = {function.name for function in module.nodes.functions()}
    assert found == {one for one in every if one.startswith("yes") or one in METHODS}


@pytest.mark.parametrize("name", SHAPES)
def test_a_test_has_no_handlers(name: str) -> None:
    assert request_handlers(facts(SHAPES[name], "tests/test_main.py", is_test=True)) == {}
