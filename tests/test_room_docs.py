"""Every Python example of the pages about canaries and sharing runs, in its order, in one namespace."""

import ast
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import cellwall.canary
import cellwall.sharing

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = {"canary": cellwall.canary, "sharing": cellwall.sharing}


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ROOT / f"docs/{name}.md"
    text = page.read_text()
    module = ModuleType(f"page_{name}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    found = list(BLOCK.finditer(text))
    assert len(found) > 2
    for match in found:
        tree = ast.increment_lineno(ast.parse(match[1]), text[: match.start(1)].count("\n"))
        exec(compile(tree, str(page), "exec"), vars(module))


@pytest.mark.parametrize("name", PAGES)
def test_the_page_names_what_is_public(name: str) -> None:
    text = (ROOT / f"docs/{name}.md").read_text()
    main = (
        {"CanaryBook", "Watch", "viewing", "FakeSink", "Reach"}
        if name == "canary"
        else set(PAGES[name].__all__)
    )
    main -= {"Change", "Place", "SharedObject"}
    assert [each for each in sorted(main) if each not in text] == []
