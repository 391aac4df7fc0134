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


# What no decorator and no base class of the module's own tells: registered by a call, or by a name.
REGISTERED = {
    "a route that is added": """
        from fastapi import APIRouter
        router = APIRouter()
        async def yes(name): ...
        async def no(name): ...
        router.add_api_route("/x", yes)
    """,
    "a router of another file": """
        from app.routers import api
        @api.post("/x")
        def yes(body): ...
        @api.on_event("startup")
        def no(): ...
    """,
    "starlette's add_route": """
        from starlette.applications import Starlette
        app = Starlette()
        async def yes(req): ...
        async def no(req): ...
        app.add_route("/", yes)
    """,
    "flask's add_url_rule": """
        from flask import Flask
        app = Flask(__name__)
        def yes(name): ...
        def yes_too(name): ...
        def no(name): ...
        app.add_url_rule("/<name>", view_func=yes)
        app.add_url_rule("/b/<name>", "b", yes_too)
    """,
    "aiohttp's tables and middleware": """
        from aiohttp import web
        async def yes(req): ...
        async def yes_too(req): ...
        @web.middleware
        async def yes_around(req, handler): ...
        async def no(req): ...
        app = web.Application()
        app.router.add_get("/", yes)
        app.add_routes([web.post("/x", yes_too)])
    """,
    "a handler that socketio is given": """
        import socketio
        server = socketio.AsyncServer()
        async def yes(sid, data): ...
        async def yes_too(sid, data): ...
        async def no(sid, data): ...
        server.on("message", yes)
        server.on("other", handler=yes_too)
    """,
    "litestar's listeners": """
        from litestar.handlers import WebsocketListener
        class Chat(WebsocketListener):
            async def on_receive(self, data): ...
            def no(self): ...
    """,
    "a consumer's events": """
        from channels.generic.websocket import AsyncJsonWebsocketConsumer
        class Chat(AsyncJsonWebsocketConsumer):
            async def yes_message(self, event): ...
            async def no(self, event, other): ...
    """,
    "langgraph's functions": """
        from langgraph.func import entrypoint, task
        @task
        def yes(inputs): ...
        @entrypoint()
        def yes_too(inputs): ...
        def no(inputs): ...
    """,
    "a celery application of another file": """
        from proj.celery import app
        from proj.worker import celery_app
        @app.task(bind=True)
        def yes(self): ...
        @celery_app.task
        def yes_too(): ...
        @app.on_after_configure.connect
        def no(sender): ...
    """,
    "a view that calls the request otherwise": """
        from django.http import HttpRequest
        def yes(req: HttpRequest, name): ...
        def no(req, name): ...
    """,
    "a middleware that imports nothing of django": """
        class Tenant:
            def __init__(self, get_response): ...
            def __call__(self, request): ...
            def no(self, request): ...
    """,
}


@pytest.mark.parametrize("source", REGISTERED.values(), ids=REGISTERED)
def test_handlers_that_are_registered_elsewhere_are_seen(source: str) -> None:
    found = {function.name for function in request_handlers(facts(source))}
    every = {function.name for function in facts(source).nodes.functions()}
    assert found == {one for one in every if one.startswith("yes") or one in ("on_receive", "__call__")}
