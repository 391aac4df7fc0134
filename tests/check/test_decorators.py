"""The decorators of a function with what they stand for."""

from cellwall.check.decorators import decorators
from tests.check.test_request_handlers import facts


def test_names_calls_and_paths() -> None:
    module = facts(
        """
        from functools import lru_cache as remembered
        @router.get("/me", status_code=200)
        @remembered
        def f(): ...
        """
    )
    first, second = decorators(module, module.nodes.functions()[0])
    assert (first.last, first.path, first.call is not None) == ("get", "/me", True)
    assert (second.last, second.path, second.call) == ("lru_cache", "", None)
    assert second.is_one_of(("functools.lru_cache",))


def test_a_method_decorator_is_looked_through() -> None:
    module = facts(
        """
        from django.utils.decorators import method_decorator
        from django.views.decorators.cache import cache_page, never_cache
        class A:
            @method_decorator([cache_page(60), never_cache])
            def get(self, request): ...
        """
    )
    found = decorators(module, module.nodes.functions()[0])
    assert [one.last for one in found] == ["cache_page", "never_cache", "method_decorator"]
