"""Facts that cross files: collected from a tree, cut down to JSON and back."""

import json
from collections.abc import Callable

import pytest

from cellwall.check import project_facts
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.module_outline import outline_facts
from cellwall.check.parse import ParseError
from cellwall.check.project_facts import FixtureFact, ProjectFacts, collect_facts
from cellwall.check.re_exports import ReExports
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree
from cellwall.check.time_limit import TooSlow, limited

FILES = {
    "src/app/core.py": "class AgentRegistry: ...\nclass Unrelated: ...\nother = Unrelated()\n",
    "src/app/__init__.py": "from app.core import AgentRegistry\nfrom app.core import Unrelated\n",
    "src/app/shared.py": (
        "from unittest.mock import Mock\nfrom app import AgentRegistry\nagent_registry = AgentRegistry()\n"
        "mocked_agent_registry = Mock()\n"
    ),
    "src/app/new.py": "from app.core import Unified\nToolDispatcher = Unified\n",
    "tests/conftest.py": (
        "import pytest\nfrom app.context import UserExecutionContext\n"
        "from tests.support import *\npytest_plugins = ['tests.plugin']\n"
        "@pytest.fixture\nasync def user_context():\n"
        "    context = UserExecutionContext.create_for_user('u')\n    yield context\n"
    ),
    "tests/support.py": (
        "import pytest\n@pytest.fixture(scope='session')\ndef agent_registry():\n    return make()\n"
    ),
    "tests/plugin.py": (
        "import pytest\nfrom app.tools import ToolDispatcher\n"
        "@pytest.fixture\ndef tool_dispatcher():\n    return ToolDispatcher()\n"
    ),
    "tests/deep/conftest.py": "import pytest\n@pytest.fixture\ndef user_context():\n    return {}\n",
    "tests/base.py": "import unittest\nclass Base(unittest.TestCase): ...\n",
    "tests/second.py": "from tests.base import Base\nclass Second(Base): ...\n",
    "tests/later.py": "import unittest\nclass Later(unittest.IsolatedAsyncioTestCase): ...\n",
    "tests/broken.py": "class Broken(TestCase:\n",
}


def tree_of(files: dict[str, str]) -> MappingSourceTree:
    return MappingSourceTree({path: text.encode() for path, text in files.items()})


def collected(settings: CheckSettings) -> ProjectFacts:
    return collect_facts(tree_of(FILES), settings)


def test_re_exports_and_instances(settings: CheckSettings) -> None:
    facts = collected(settings)
    assert list(facts.names("app.AgentRegistry.get_agent")) == [
        "app.AgentRegistry.get_agent",
        "app.core.AgentRegistry.get_agent",
    ]
    assert list(facts.names("app.new.ToolDispatcher"))[-1] == "app.core.Unified"
    assert facts.class_of_instance("app.shared.agent_registry") == "app.AgentRegistry"
    assert facts.class_of_instance("app.shared.mocked_agent_registry") is None
    assert facts.class_of_instance("app.core.other") is None


def test_the_nearest_conftest_gives_the_fixture(settings: CheckSettings) -> None:
    facts = collected(settings)
    near = facts.fixture("tests/unit/test_a.py", "user_context")
    assert near == FixtureFact("app.context.UserExecutionContext.create_for_user", is_async=True)
    assert facts.fixture("tests/deep/test_a.py", "user_context") == FixtureFact("")
    assert facts.fixture("tests/test_a.py", "agent_registry") == FixtureFact("", scope="session")
    assert facts.fixture("tests/test_a.py", "tool_dispatcher") == FixtureFact("app.tools.ToolDispatcher")
    assert facts.fixture("src/app/test_a.py", "user_context") is None


def test_unittest_classes_through_files(settings: CheckSettings) -> None:
    facts = collected(settings)
    assert facts.unittest_class("tests.second.Second") is False
    assert facts.unittest_class("tests.later.Later") is True
    assert facts.unittest_class("tests.none.None") is None


def test_json_and_back(settings: CheckSettings) -> None:
    facts = collected(settings)
    again = ProjectFacts.from_json(json.loads(json.dumps(facts.to_json())))
    assert again == facts
    assert again.class_of_instance("app.shared.agent_registry") == "app.AgentRegistry"


def test_a_name_that_ends_in_several_modules_is_no_evidence() -> None:
    facts = ProjectFacts(instances={"one.app.x": "A", "two.app.x": "B"})
    assert facts.class_of_instance("app.x") is None
    assert facts.class_of_instance("one.app.x") == "A"
    assert facts.class_of_instance("x") is None


def test_a_relevant_name_counts_as_a_whole_word_or_in_the_files_own_name(settings: CheckSettings) -> None:
    text = b"class Made: ...\nmade = Made()\n# not_create_session\n"
    files = {"app/create_session.py": text, "app/other.py": text}
    facts = collect_facts(MappingSourceTree(files), settings)
    assert facts.instances == {"app.create_session.made": "app.create_session.Made"}
    spelled = b"from a import b as ToolRegistry\nold_ToolRegistry = 1\n"
    facts = collect_facts(MappingSourceTree({"app/other.py": spelled}), settings)
    assert facts.aliases == {"app.other.ToolRegistry": "a.b"}


def test_files_with_nothing_but_parts_of_names_are_not_parsed(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def spy(path: str, source: bytes, project: ProjectFacts, *, is_test: bool) -> ModuleFacts | ParseError:
        parsed.append(path)
        return outline_facts(path, source, project, is_test=is_test)

    monkeypatch.setattr("cellwall.check.project_facts.outline_facts", spy)
    texts = {"a.py": b"x = old_create_session()\n", "b.py": b"x = create_session()\n", "c.py": b"x = 1\n"}
    collect_facts(MappingSourceTree(texts), settings)
    assert parsed == ["b.py"]


def test_what_a_function_gives_is_looked_up_where_the_module_keeps_it(settings: CheckSettings) -> None:
    text = b"from a import ToolRegistry\ndef make():\n    return ToolRegistry()\nkept = make()\n"
    facts = collect_facts(MappingSourceTree({"app/other.py": text}), settings)
    assert facts.instances == {"app.other.kept": "a.ToolRegistry"}


def test_names_are_followed_once_and_not_kept_without_end() -> None:
    facts = ProjectFacts(aliases={"app.A": "lib.A", "lib.A": "lib.core.A"})
    assert facts.names("app.A") is facts.names("app.A")
    for number in range(20_000):
        assert facts.names(f"app.B{number}") == (f"app.B{number}",)
    assert facts.names("app.A") == ("app.A", "lib.A", "lib.core.A")
    assert len(facts._followed) <= 10_000


def hang(*_: object) -> None:
    while True:
        pass


def fail(*_: object) -> None:
    raise RecursionError("deep\nlines")


@pytest.mark.parametrize(
    ("defect", "said"),
    [(hang, "was given up after 0 s of work"), (fail, "failed: RecursionError: deep")],
)
def test_a_file_whose_facts_hang_or_fail_is_told_and_the_rest_goes_on(
    defect: Callable[..., None], said: str, settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ReExports.add

    def of_one(self: ReExports, path: str, source: bytes) -> None:
        defect() if path == "app/bad.py" else add(self, path, source)

    monkeypatch.setattr(project_facts, "SECONDS", 0.02)
    monkeypatch.setattr(ReExports, "add", of_one)
    told = collect_facts(tree_of(FILES | {"app/bad.py": "x = 1\n"}), settings)
    (failure,) = told.failures
    assert failure.startswith(f"app/bad.py: to read what other files need to know of it {said} (test_project")
    assert failure.endswith("); report it, and go on with the file in .gitignore")
    assert told.to_json() == collected(settings).to_json()


class Hanging(MappingSourceTree):  # type: ignore[misc]  # final elsewhere
    """A tree with one file that cannot be read a second time."""

    def __init__(self, path: str, files: dict[str, str]) -> None:
        super().__init__({path: text.encode() for path, text in files.items()})
        self._path = path
        self.reads = 0

    def read(self, path: str) -> bytes:
        self.reads += path == self._path
        if path == self._path and self.reads > 1:
            hang()
        return super().read(path)


@pytest.mark.parametrize("path", ["tests/second.py", "tests/deep/conftest.py"])
def test_a_second_look_is_limited_too_and_there_is_no_third(
    path: str, settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_facts, "SECONDS", 0.02)
    second = "from tests.base import Base\nclass Second(Base, TestCase): ...\nclass T(Base): ...\n"
    tree = Hanging(path, FILES | {"tests/second.py": second})
    facts = collect_facts(tree, settings)
    assert [failure.partition(":")[0] for failure in facts.failures] == [path]
    assert tree.reads == 2
    assert facts.unittest_classes["tests.later.Later"]
    assert "tests/conftest.py" in facts.fixtures


def test_somebody_else_s_limit_is_not_taken_for_a_file_s(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReExports, "add", hang)
    with pytest.raises(TooSlow), limited(0.02):
        collected(settings)
