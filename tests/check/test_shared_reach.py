"""Names that fetch the shared thing by themselves."""

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.shared_reach import reaching_name

IMPORTS = "import app.hub as hub\nfrom app.bridge import Bridge\nfrom app.other import thing\n\n\n"


@pytest.mark.parametrize(
    ("statement", "reached_by", "name"),
    [
        ("Bridge()", ("app.bridge",), "Bridge"),
        ("Bridge()", ("Bridge",), "Bridge"),
        ("bridge = Bridge()\n    bridge.send()", ("Bridge",), "Bridge"),
        ("hub.notify()", ("app.hub.notify",), "hub"),
        ("hub.notify()", ("app.hub",), "hub"),
        ("thing()", ("app.bridge",), None),
        ("thing.Bridge", ("other.thing.Bridge",), "thing"),
        ("bridges()", ("app.bridge",), None),
        ("Bridge()", (), None),
    ],
)
def test_reaching_name(statement: str, reached_by: tuple[str, ...], name: str | None) -> None:
    facts = module_facts("tests/test_x.py", f"{IMPORTS}def f():\n    {statement}\n".encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    assert reaching_name(facts, [facts.tree.body[-1]], reached_by) == name
