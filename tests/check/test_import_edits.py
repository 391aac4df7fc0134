"""Imports are added where they belong, and only when they are missing."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.edit import apply_edits
from cellwall.check.import_edits import import_edits
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts

ADDED = "from new import Thing"

PLACES = {
    "empty file": ("", "{new}\n"),
    "docstring": ('"""Doc."""\nx = 1\n', '"""Doc."""\n\n{new}\nx = 1\n'),
    "docstring without newline": ('"""Doc."""', '"""Doc."""\n\n{new}\n'),
    "comments first": ("#!/bin/python\n# licence\nx = 1\n", "#!/bin/python\n# licence\n{new}\n\nx = 1\n"),
    "future": (
        "from __future__ import annotations\nx = 1\n",
        "from __future__ import annotations\n{new}\nx = 1\n",
    ),
    "last import at the top": (
        "import sys\nsys.path.insert(0, '.')\nimport app\n\nx = 1\n\ndef f():\n    import later\n\n"
        "import last\n",
        "import sys\nsys.path.insert(0, '.')\nimport app\n{new}\n\nx = 1\n\ndef f():\n    import later\n\n"
        "import last\n",
    ),
    "TYPE_CHECKING is not for run time": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from new import Thing\n",
        "from typing import TYPE_CHECKING\n{new}\n\nif TYPE_CHECKING:\n    from new import Thing\n",
    ),
    "conditional import": (
        "try:\n    import a\nexcept ImportError:\n    a = None\nx = 1\n",
        "try:\n    import a\nexcept ImportError:\n    a = None\n{new}\nx = 1\n",
    ),
    "bracketed import": ("from a import (\n    b,\n)\nx = 1\n", "from a import (\n    b,\n)\n{new}\nx = 1\n"),
    "a string begins behind the import": (
        'import a; x = """1\n2"""\ny = 1\n',
        'import a; x = """1\n2"""\n{new}\ny = 1\n',
    ),
    "behind those of its package": (
        "import sys\nfrom new import Other\nfrom newer import x\nimport app\nx = 1\n",
        "import sys\nfrom new import Other\n{new}\nfrom newer import x\nimport app\nx = 1\n",
    ),
    "what stands between may have to run first": (
        "from new import Other\nsetup()\nimport app\nx = 1\n",
        "from new import Other\nsetup()\nimport app\n{new}\nx = 1\n",
    ),
    "a folder's own name is no package": (
        "from .new import Other\nimport app\nx = 1\n",
        "from .new import Other\nimport app\n{new}\nx = 1\n",
    ),
    "import in the last line": ("import a", "import a\n{new}\n"),
    "decorated first": ("@d\ndef f():\n    pass\n", "{new}\n\n@d\ndef f():\n    pass\n"),
    "CRLF": ("import a\r\nx = 1\r\n", "import a\r\n{new}\r\nx = 1\r\n"),
    "BOM": ("\ufeffx = 1\n", "\ufeff{new}\n\nx = 1\n"),
}


def module(source: str) -> ModuleFacts:
    facts = module_facts("tests/test_x.py", source.encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    return facts


@pytest.mark.parametrize("name", PLACES)
def test_the_place(name: str) -> None:
    before, after = PLACES[name]
    result = apply_edits(before.encode(), import_edits(module(before), [ADDED]))
    assert result.decode() == after.replace("{new}", ADDED)
    ast.parse(result)
    assert import_edits(module(result.decode()), [ADDED]) == ()


@pytest.mark.parametrize(
    "source",
    [
        "from new import Thing\n",
        "from new import (Other, Thing)\n",
        "try:\n    from new import Thing\nexcept E:\n    0\n",
    ],
)
def test_what_is_there_is_not_added(source: str) -> None:
    assert import_edits(module(source), [ADDED]) == ()


def test_several_names_of_a_module_share_a_line() -> None:
    statements = [
        "from new import B",
        "import os",
        "from new import A as C",
        "from old import A",
        "import os",
    ]
    result = apply_edits(b"", import_edits(module(""), statements))
    assert result.decode() == dedent(
        """\
        from new import A as C, B
        from old import A
        import os
        """
    )
