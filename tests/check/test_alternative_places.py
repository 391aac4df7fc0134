"""Which values one run of a function never keeps together."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.alternative_places import are_alternatives
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.value_place import value_place

ALTERNATIVES = {
    "if and else": "if asked:\n    x = make()\nelse:\n    x = make()",
    "try and handler": "try:\n    x = make()\n    log()\nexcept OSError:\n    x = make()",
    "two handlers": "try:\n    log()\nexcept OSError:\n    x = make()\nexcept ValueError:\n    x = make()",
    "on self": "try:\n    self.x = make()\nexcept OSError:\n    self.x = make()",
}
BOTH = {
    "one after the other": "x = make()\nx = make()",
    "in one branch": "if asked:\n    x = make()\n    x = make()",
    "another name": "if asked:\n    x = make()\nelse:\n    y = make()",
    "met in the try": "try:\n    x = make()\n    use(x)\nexcept OSError:\n    x = make()",
    "met on self in the try": (
        "try:\n    self.x = make()\n    use(self.x)\nexcept OSError:\n    self.x = make()"
    ),
    "try and finally": "try:\n    x = make()\nfinally:\n    x = make()",
    "passed on": "if asked:\n    use(make())\nelse:\n    use(make())",
}


def alternatives(body: str) -> bool:
    text = "def test_it(self, asked):\n" + "".join(f"    {line}\n" for line in dedent(body).splitlines())
    module = module_facts("tests/test_it.py", text.encode(), ProjectFacts(), is_test=True)
    assert isinstance(module, ModuleFacts)
    calls = [c for c in module.of(ast.Call) if isinstance(c.func, ast.Name) and c.func.id == "make"]
    one, other = sorted(calls, key=lambda call: call.lineno)
    places = [value_place(module, call) for call in (one, other)]
    return places[0] == places[1] and are_alternatives(module, one, other, places[0])


@pytest.mark.parametrize("shape", ALTERNATIVES)
def test_alternatives(shape: str) -> None:
    assert alternatives(ALTERNATIVES[shape])


@pytest.mark.parametrize("shape", BOTH)
def test_both(shape: str) -> None:
    assert not alternatives(BOTH[shape])
