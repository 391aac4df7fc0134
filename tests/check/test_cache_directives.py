"""Where code says how long caches may keep an answer."""

import ast

import pytest

from cellwall.check.cache_directives import DJANGO_CACHE_CONTROL, answered_by, is_cache_control
from tests.check.test_request_handlers import facts


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("answer.headers['Cache-Control'] = 'max-age=1'", True),
        ("answer = Response({'cache-control': 'max-age=1'})", True),
        ("answer.headers['Expires'] = 'max-age=1'", False),
    ],
)
def test_the_header_is_named_in_the_statement(statement: str, expected: bool) -> None:
    module = facts(f"def f(answer):\n    {statement}\n    return answer\n")
    text = next(node for node in module.of(ast.Constant) if node.value == "max-age=1")
    assert is_cache_control(module, text) is expected


def test_a_decorator_is_about_what_it_decorates_and_a_call_about_what_is_around() -> None:
    module = facts(
        "from django.utils.cache import patch_cache_control\n"
        "from django.views.decorators.cache import cache_control\n\n\n"
        "@cache_control(max_age=1)\ndef f(request):\n    return 1\n\n\n"
        "def g(request):\n    patch_cache_control(answer, max_age=1)\n"
    )
    calls = [call for call in module.of(ast.Call) if module.matches(call.func, DJANGO_CACHE_CONTROL)]
    answers = [answered_by(module, call) for call in calls]
    assert [function.name for function in answers if function is not None] == ["f", "g"]
