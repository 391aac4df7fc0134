"""What many findings of one module share is worked out once: a long file takes no square of a short one."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from cellwall.check import bindings_in_force, with_block
from cellwall.check.engine import check_source
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rules import (
    cached_response_of_user,
    constant_user_id,
    request_data_in_module_state,
    shared_session,
)
from cellwall.check.settings import CheckSettings

HANDLER = """
@app.post("/{0}")
def keep{0}(text: str, user=Depends(get_user)):
    kept["last"] = user.name
    kept["text"] = text
    if text:
        kept["long"] = text
"""
APP = "from fastapi import Depends, FastAPI\n\napp = FastAPI()\nkept = {}\n\n"


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """Note with what a function of a module is called from now on."""
    whole: Callable[..., object] = getattr(module, name)
    calls: list[Any] = []

    def noting(*given: Any, **more: Any) -> object:
        calls.append(given[0])
        return whole(*given, **more)

    monkeypatch.setattr(module, name, noting)
    return calls


def found(path: str, source: str, settings: CheckSettings, code: str) -> int:
    report = check_source(path, source.encode(), settings._replace(rules=(code,)), ProjectFacts())
    assert report.failures == ()
    return len(report.findings)


def test_a_name_that_is_bound_a_thousand_times_is_looked_at_where_it_is_near(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = "from a import A\n" + "x = A()\n" * 1_000 + "mark(x)\n"
    module = module_facts("a.py", source.encode(), ProjectFacts(), is_test=False)
    assert isinstance(module, ModuleFacts)
    looks = counted(monkeypatch, bindings_in_force, "_position")
    origin = module.resolve(module.of(ast.Call)[-1].args[0])
    assert origin is not None
    assert origin.dotted == "a.A"
    assert len(looks) < 10


def test_what_is_taken_out_is_looked_for_once_in_a_function(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = counted(monkeypatch, request_data_in_module_state, "_names_taken_out")
    assert found("app/a.py", APP + HANDLER.format(1) + HANDLER.format(2), settings, "CW201") == 6
    assert len(looks) == 2


def test_calls_that_keep_a_view_are_looked_for_once(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = counted(monkeypatch, cached_response_of_user, "_applied_by_calls")
    views = "".join(f"def v{n}(request):\n    return request.user\n\n\n" for n in range(3))
    source = f"from django.views.decorators.cache import cache_page\n\n\n{views}"
    source += "urls = [path('', cache_page(9)(v0)), path('', cache_page(9)(v2))]\n"
    assert found("app/views.py", source, settings, "CW503") == 2
    assert len(looks) == 1


def test_a_test_module_is_split_into_tokens_once(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = counted(monkeypatch, with_block, "_lines_inside_strings")
    example = shared_session.SharedSession.INVALID[0]
    twice = example.source + "\n\n" + example.source.replace("class Test", "class TestOther")
    assert found(example.path, twice, settings, "CW103") >= 2
    assert len(looks) == 1


def test_what_sets_a_user_s_id_anew_is_looked_for_once(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = counted(monkeypatch, constant_user_id, "is_set_anew")
    example = constant_user_id.ConstantUserId.INVALID[0]
    twice = example.source + "\n\n" + example.source.replace("def test_", "def test_other_")
    assert found(example.path, twice, settings, "CW106") >= 2
    assert len(looks) == 1
