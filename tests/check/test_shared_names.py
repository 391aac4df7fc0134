"""Containers of a module, and the places that change them."""

import pytest

from cellwall.check.shared_names import changes, module_containers
from tests.check.test_request_handlers import facts


def test_containers_of_the_module() -> None:
    module = facts("a = []\nb: dict = {}\nc = deque()\nd = 1\ne = make()\n\n\ndef f():\n    g = []\n")
    assert list(module_containers(module)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("x['k'] = v", [("[]", "'k'", "v")]),
        ("x.append(v)", [("append", "", "v")]),
        ("x.setdefault(k, v)", [("setdefault", "k", "v")]),
        ("x['k'] += v", [("[]", "'k'", "v")]),
        ("print(x['k'], x.get(v))", []),
        ("x = {}\n    x['k'] = v", []),
    ],
)
def test_changes(body: str, found: list[tuple[str, str, str]]) -> None:
    import ast

    module = facts(f"x = {{}}\n\n\ndef f(k, v):\n    {body}\n")
    seen = [
        (c.how, ast.unparse(c.key) if c.key else "", ", ".join(ast.unparse(value) for value in c.values))
        for c in changes(module)
    ]
    assert seen == found
