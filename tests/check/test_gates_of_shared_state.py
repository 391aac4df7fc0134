"""What a rule about shared state finds also passes its gate, whatever its receiver is called."""

import pytest

from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

SINGLETON = "class Agent:\n    {name} = None\n\n    @classmethod\n    def get(cls, user_id):\n"
MADE = "        if {of} is None:\n            {of} = cls(user_id)\n        return {of}\n"


@pytest.mark.parametrize("name", ["_instance", "instance", "__singleton__", "shared", "_default_instance"])
@pytest.mark.parametrize(
    "of", ["cls.{}", "cls . {}", "Agent.{}", "(cls.\n            # here\n            {})"]
)
def test_every_name_of_a_singleton_passes(name: str, of: str) -> None:
    source = SINGLETON.format(name=name) + MADE.format(of=of.format(name))
    assert found("CW203", source) == ["CW203"]


@pytest.mark.parametrize("me", ["self", "this", "me", "_"])
def test_the_object_may_be_called_anything(me: str) -> None:
    source = (
        f"class CurrentUser:\n    def __init__({me}, get_response):\n"
        f"        {me}.get_response = get_response\n\n"
        f"    def __call__({me}, request):\n        {me}.user = request.user\n"
        f"        return {me}.get_response(request)\n"
    )
    assert found("CW204", source) == ["CW204"]


@pytest.mark.parametrize("cls", ["cls", "klass", "mcs"])
def test_the_class_may_be_called_anything(cls: str) -> None:
    source = (
        f"class Agent:\n    _instance = None\n\n    @classmethod\n    def get({cls}, user_id):\n"
        f"        if {cls}._instance is None:\n            {cls}._instance = {cls}(user_id)\n"
        f"        {cls}.user = user_id\n        return {cls}._instance\n"
    )
    assert found("CW203", source) == ["CW203"]
    assert found("CW210", source) == ["CW210"]


@pytest.mark.parametrize("of", ["type(self)", "self.__class__", "Service"])
def test_an_object_reaches_its_class(of: str) -> None:
    source = f"class Service:\n    user = None\n\n    def begin(self, user):\n        {of}.user = user\n"
    assert found("CW210", source) == ["CW210"]
    assert found("CW210", source.replace(f"{of}.user", "self.user")) == []


def test_the_application_may_be_called_anything() -> None:
    source = (
        "from fastapi import FastAPI\n\nservice = FastAPI()\n\n\n@service.get('/me')\n"
        "async def me(user_id: str):\n    service.state.user = user_id\n"
    )
    assert found("CW208", source) == ["CW208"]


@pytest.mark.parametrize("call", ["graph.stream(START)", "Entry.model_construct(START)"])
def test_a_default_passes_by_what_it_is_given_to(call: str) -> None:
    source = f"START = {{}}\n\n\ndef run(user_id):\n    return {call}\n"
    assert found("CW209", source.replace("START", "START_STATE")) == ["CW209"]


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ("{'configurable': {'thread_id': thread_id}}", ["CW606"]),
        ("dict(configurable={'thread_id': thread_id})", ["CW606"]),
        ("{'thread_id': thread_id}", []),
        ("{'configurable': 1, 'other': {'thread_id': thread_id}}", []),
    ],
)
def test_a_thread_is_opened_by_what_the_graph_is_told(told: str, codes: list[str]) -> None:
    source = (
        "from fastapi import FastAPI\nfrom app.graph import graph\n\napp = FastAPI()\n\n\n"
        "@app.post('/chat')\n"
        f"async def chat(thread_id: str, text: str):\n    return await graph.ainvoke(text, config={told})\n"
    )
    assert found("CW606", source) == codes


def found(code: str, source: str) -> list[str]:
    settings = CheckSettings(rules=(code,), preview=True)
    report = check_source("app/main.py", source.encode(), settings, ProjectFacts())
    return [finding.code for finding in report.findings if finding.severity.value != "info"]
