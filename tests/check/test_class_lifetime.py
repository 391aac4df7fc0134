"""How long the objects of a class live."""

import ast

import pytest

from cellwall.check.class_lifetime import Lifetime, class_lifetime
from tests.check.test_request_handlers import facts


@pytest.mark.parametrize(
    ("source", "lifetime"),
    [
        ("class A:\n    async def __call__(self, scope, receive, send): ...", Lifetime.SERVICE),
        ("class A:\n    def __call__(self, environ, start_response): ...", Lifetime.SERVICE),
        (
            "class A:\n    def __init__(self, get_response): ...\n    def __call__(self, request): ...",
            Lifetime.SERVICE,
        ),
        ("from django.contrib import admin\nclass A(admin.ModelAdmin): ...", Lifetime.SERVICE),
        ("from django.contrib import admin\nclass A(admin.TabularInline): ...", Lifetime.REQUEST),
        ("from celery import Task\nclass A(Task): ...", Lifetime.SERVICE),
        ("class A: ...\na = A()", Lifetime.SERVICE),
        (
            "class A:\n    _instance = None\n    def __new__(cls):\n        cls._instance = 1\n",
            Lifetime.SERVICE,
        ),
        ("class A(metaclass=Singleton): ...", Lifetime.SERVICE),
        ("class A:\n    def __init__(self, request): ...\na = A(None)", Lifetime.REQUEST),
        ("from django.views import View\nclass A(View): ...", Lifetime.REQUEST),
        ("class Base(View): ...\nclass A(Base): ...", Lifetime.REQUEST),
        (
            "class A:\n    async def __call__(self, scope, receive, send): ...\n"
            "async def app(scope, receive, send):\n    await A()(scope, receive, send)",
            Lifetime.REQUEST,
        ),
        (
            "class A:\n    async def __call__(self, scope, receive, send): ...\n"
            "    @classmethod\n    def as_asgi(cls): ...",
            Lifetime.UNKNOWN,
        ),
        ("class A:\n    def run(self, user): ...", Lifetime.UNKNOWN),
    ],
)
def test_what_is_seen_decides(source: str, lifetime: Lifetime) -> None:
    module = facts(source)
    cls = next(cls for cls in module.of(ast.ClassDef) if cls.name == "A")
    assert class_lifetime(module, cls).lifetime is lifetime
