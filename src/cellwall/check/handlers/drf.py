"""Django REST framework: `@api_view`, `@action`, and the methods of views and view sets."""

from typing import Final

from cellwall.check.decorators import decorators
from cellwall.check.instances import inherits
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"rest_framework",)
VIEWS: Final = ("APIView", "ViewSet", "ViewSetMixin", "GenericAPIView")
_METHODS: Final = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "list",
        "create",
        "retrieve",
        "update",
        "partial_update",
        "destroy",
        "get_queryset",
        "get_object",
        "perform_create",
        "perform_update",
        "perform_destroy",
        "filter_queryset",
    }
)


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function is an API view, an action, or a method of a view that answers a request."""
    if any(
        decorator.is_one_of(("rest_framework.decorators.api_view", "rest_framework.decorators.action"))
        for decorator in decorators(module, function)
    ):
        return True
    cls = module.nodes.owner(function)
    return cls is not None and function.name in _METHODS and inherits(module, cls, VIEWS)
