"""Facts are kept while nothing changes that they rest on, and are the same as fresh ones after any change."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwall.check import project_facts
from cellwall.check.cached_check import CachedCheck
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.fact_digests import OUTLINE, WHOLE, FactDigests
from cellwall.check.findings_cache import FindingsCache
from cellwall.check.project_facts import collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree

FILES = {
    "app/__init__.py": "from app.agents import AgentRegistry as Registry\nfrom app.web import session\n",
    "app/agents.py": """
class AgentRegistry:
    def get_agent(self, name):
        return name


agent_registry = AgentRegistry()
""",
    "app/web.py": """
import httpx
from httpx import Client as session

client = httpx.Client()
SEEN = []


def f():
    return client
""",
    "app/models.py": """
from sqlalchemy import Column


class Note(Base):
    __tablename__ = "notes"
    user_id = Column(int)


def show(note):
    return note
""",
    "app/user.py": """
class User:
    def __init__(self, id, name):
        self.id, self.name = id, name

    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)
""",
    "app/uses.py": """
from app.web import SEEN, client
from app import Registry


def g():
    return client
""",
    "tests/cases.py": """
from unittest import IsolatedAsyncioTestCase


class Case(IsolatedAsyncioTestCase):
    def setUp(self):
        pass
""",
    "tests/test_a.py": """
from tests.cases import Case


class TestA(Case):
    def test_a(self):
        pass
""",
    "tests/test_b.py": """
if True:
    from tests.cases import Case


class TestB(Case):
    pass
""",
    "tests/conftest.py": """
import app.agents
import pytest
pytest_plugins = ["tests.plugin"]


@pytest.fixture
def agent_registry():
    return app.agents.AgentRegistry()
""",
    "tests/plugin.py": """
import pytest
from app.agents import AgentRegistry


@pytest.fixture
def user_context():
    return AgentRegistry()
""",
}
SETTINGS = CheckSettings(preview=True)
LINES = [
    *{line for text in FILES.values() for line in text.splitlines()},
    "    x = 1", "# said", "class Other(TestA):", "    pass", "(", '"""', "def show(note): return 1",
]  # fmt: skip


class Kept:
    """A cache in a folder, filled with the facts of `FILES`; nothing lies there whose time could be asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts(FILES)

    def facts(self, files: dict[str, str]) -> ProjectFacts:
        """Give the facts by the cache, and save it."""
        check = CachedCheck(_tree(files), SETTINGS, FindingsCache(self.folder, "k"))
        check.save()
        return check.project


def _tree(files: dict[str, str]) -> MappingSourceTree:
    return MappingSourceTree({path: text.encode() for path, text in files.items()})


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths from which facts were taken."""
    seen: list[str] = []
    original = project_facts.FactScan.add

    def counting(self: project_facts.FactScan, path: str, source: bytes) -> None:
        seen.append(path)
        original(self, path, source)

    monkeypatch.setattr(project_facts.FactScan, "add", counting)
    return seen


def test_these_files_give_facts_of_all_kinds() -> None:
    facts = collect_facts(_tree(FILES), SETTINGS)
    kinds = (
        facts.aliases,
        facts.instances,
        facts.fixtures,
        facts.unittest_classes,
        *facts.summaries.values(),
    )
    assert all(kinds), kinds


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("app/agents.py", "return name", "return name.lower()"),
        ("app/web.py", "return client", "return None"),
        ("app/models.py", "return note", "return note.text"),
        ("app/user.py", "class User", "# more\nclass User"),
        ("app/uses.py", "return client", "return client  # it"),
        ("tests/cases.py", "        pass", "        self.x = 1"),
        ("tests/test_a.py", "        pass", "        assert 1"),
    ],
)
def test_what_is_of_no_account_to_others_is_read_alone(
    path: str, old: str, new: str, tmp_path: Path, collected: list[str]
) -> None:
    kept = Kept(tmp_path)
    collected.clear()
    changed = FILES | {path: FILES[path].replace(old, new)}
    assert changed != FILES
    assert kept.facts(changed) == collect_facts(_tree(FILES), SETTINGS)
    assert collected[:1] == [path]
    assert len(collected) == 1 + len(FILES)  # the second ones are `collect_facts`'s own


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("app/__init__.py", "as Registry", "as Agents"),
        ("app/agents.py", "agent_registry = ", "registry = "),
        ("app/web.py", "client = httpx.Client()", "client = httpx.get()"),
        ("app/web.py", "SEEN = []", "SEEN = ()"),
        ("app/models.py", "user_id", "owner_id"),
        ("app/user.py", "name == other.name", "id == other.id"),
        ("app/uses.py", "import SEEN, client", "import session"),
        ("tests/cases.py", "(IsolatedAsyncioTestCase)", "(unittest.TestCase)"),
        ("tests/test_a.py", "import Case", "import Case as Case2\nfrom mine import Case"),
        ("tests/test_b.py", "tests.cases", "mine"),
        ("tests/conftest.py", "return app.agents.AgentRegistry()", "yield 1"),
        ("tests/plugin.py", "return AgentRegistry()", "return AgentRegistry"),
    ],
)
def test_what_counts_for_others_changes_the_facts(path: str, old: str, new: str, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    changed = FILES | {path: FILES[path].replace(old, new)}
    assert changed != FILES
    assert kept.facts(changed) == collect_facts(_tree(changed), SETTINGS)
    assert kept.facts(FILES) == collect_facts(_tree(FILES), SETTINGS)


def test_files_that_come_and_go(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    more = FILES | {"app/more.py": "from app.web import client\nother = client\n", "app/plain.py": "x = 1\n"}
    fewer = {path: text for path, text in more.items() if path != "app/web.py"}
    for files in (more, fewer, FILES):
        assert kept.facts(files) == collect_facts(_tree(files), SETTINGS)


_EDITS = st.lists(
    st.tuples(st.sampled_from(sorted(FILES)), st.integers(0, 9), st.sampled_from(["", *LINES])),
    min_size=1,
    max_size=3,
)


@settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(_EDITS, min_size=1, max_size=2))
def test_any_change(
    tmp_path_factory: pytest.TempPathFactory, rounds: Sequence[Sequence[tuple[str, int, str]]]
) -> None:
    kept = Kept(tmp_path_factory.mktemp("cache"))
    files = dict(FILES)
    for edits in rounds:
        for path, at, line in edits:
            lines = files[path].split("\n")
            lines[at : at + 1] = [line] if line else []
            files[path] = "\n".join(lines)
        assert kept.facts(files) == collect_facts(_tree(files), SETTINGS)


def test_all_of_a_text_counts_for_its_outline() -> None:
    digests = FactDigests()
    digests.said("a.py", [], [b"A"], [])
    plain = digests.of("a.py")
    digests.parsed("a.py", b"x", OUTLINE)
    outline = digests.of("a.py")
    digests.parsed("a.py", b"x = 1", WHOLE)
    whole = digests.of("a.py")
    digests.parsed("a.py", b"x", OUTLINE)
    assert digests.of("a.py") == whole
    assert (plain[:1] not in (OUTLINE, WHOLE), outline[:1], whole[:1]) == (True, OUTLINE, WHOLE)
    assert digests.of("b.py") == ""
