"""Flask: view functions of applications and blueprints, `MethodView`, and what runs around every request."""

import ast
from typing import Final

from cellwall.check.decorators import Decorator, decorators
from cellwall.check.gaps import method_called
from cellwall.check.instances import inherits, is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.registered_functions import is_registered, registered

TOKENS: Final = (b"flask", b"Flask", b"Blueprint", b"add_url_rule", method_called(b"route"))
_ADDING: Final = {"add_url_rule": 2}
APPLICATIONS: Final = ("flask.Flask", "flask.Blueprint", "flask.app.Flask", "flask.blueprints.Blueprint")
ROUTES: Final = frozenset({"route", "get", "post", "put", "patch", "delete"})
AROUND: Final = frozenset(
    {
        "before_request",
        "after_request",
        "teardown_request",
        "before_app_request",
        "after_app_request",
        "errorhandler",
    }
)
_VIEWS: Final = ("MethodView", "flask.views.View")
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete", "dispatch_request"})


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a route's decorator stands above a function, or it is a method of a view class."""
    if any(is_route(module, decorator, APPLICATIONS) for decorator in decorators(module, function)):
        return True
    if is_registered(function, module.fact(_added), module):
        return True
    cls = module.nodes.owner(function)
    return cls is not None and function.name in _METHODS and inherits(module, cls, _VIEWS)


def _added(module: ModuleFacts) -> frozenset[str]:
    return registered(module, _ADDING)


def is_route(module: ModuleFacts, decorator: Decorator, applications: tuple[str, ...]) -> bool:
    """Tell whether a decorator is a route of one of these, or a `.route("/...")` of what cannot be seen."""
    if not isinstance(decorator.node, ast.Attribute):
        return False
    if decorator.last in ROUTES | AROUND and is_instance(module, decorator.node.value, applications):
        return True
    return decorator.last == "route" and decorator.path.startswith("/")
