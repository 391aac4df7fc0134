"""Every Python example in docs/runtime runs: the blocks of one page in their order, in one namespace."""

import ast
import inspect
import re
import warnings
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from cellwall.runtime.agents import AgentRegistry, agent_instance_factory
from cellwall.runtime.analytics import AnalyticsLog, process_log
from cellwall.runtime.tools import ToolRegistry, tool_factory

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs/runtime").glob("*.md"))
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>.*?) -->\n)?^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
SERVERS = ("postgres_url", "redis_url")


def blocks(page: Path) -> list[tuple[int, str]]:
    """Give line and code of each block that runs; one that does not says why in a comment above it."""
    text = page.read_text()
    found = []
    for match in BLOCK.finditer(text):
        if match["reason"] is None:
            found.append((text[: match.start("code")].count("\n"), match["code"]))
        else:
            assert len(match["reason"].split()) > 2, match["reason"]
    return found


def compiled(page: Path, line: int, code: str) -> CodeType:
    """Compile a block, in which `await` may stand at the top, so that errors tell its line on the page."""
    tree = ast.increment_lineno(ast.parse(code), line)
    return compile(tree, str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.fixture
def process_wide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give a page a process of its own, as far as it looks at what is process-wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OWNER_KEY", "5a" * 32)
    monkeypatch.setattr(process_log, "_configured", [AnalyticsLog()])
    monkeypatch.setattr(agent_instance_factory, "registry", AgentRegistry())
    monkeypatch.setattr(tool_factory, "registry", ToolRegistry())


@pytest.mark.usefixtures("process_wide")
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.stem)
async def test_the_examples_of_a_page_run(page: Path, request: pytest.FixtureRequest) -> None:
    namespace: dict[str, Any] = {"__name__": page.stem}
    for server in SERVERS:
        if any(re.search(rf"\b{server}\b", code) for _, code in blocks(page)):
            namespace[server] = request.getfixturevalue(server)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for line, code in blocks(page):
            ran = eval(compiled(page, line, code), namespace)
            if inspect.isawaitable(ran):
                await ran


def test_the_pages_of_this_room_have_examples() -> None:
    with_examples = {page.stem for page in PAGES if blocks(page)}
    assert {"README", "analytics", "migrating"} <= with_examples


def test_the_map_names_every_page() -> None:
    text = (ROOT / "docs/runtime/README.md").read_text()
    assert {page.name for page in PAGES if page.stem != "README"} <= set(
        re.findall(r"\]\(([a-z-]+\.md)\)", text)
    )


def test_every_name_that_the_pages_import_is_there() -> None:
    names = {alias.name for page in PAGES for _, code in blocks(page) for alias in _imported(code)}
    assert {"UserExecutionContext", "track_event", "create_request_session"} <= names


def _imported(code: str) -> list[ast.alias]:
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    return [alias for node in nodes if (node.module or "").startswith("cellwall") for alias in node.names]
