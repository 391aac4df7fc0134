"""The fixer on any file: the result parses, a second pass changes nothing, nothing else is touched."""

import ast
import difflib
import random
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.engine import check_source
from cellwall.check.finding import Finding
from cellwall.check.fixer import DROPPED, FixResult, fix_source
from cellwall.check.parse import Parsed, parse
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.reason import Reason
from cellwall.check.rule import Rule
from cellwall.check.rule_registry import find_rule
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Roles

SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True)
APP = SETTINGS._replace(include_app=True)
PATH = "tests/test_any.py"


def repair(source: bytes, settings: CheckSettings = SETTINGS, path: str = PATH) -> FixResult:
    """Fix, and check what holds for every file."""
    result = fix_source(path, source, settings, ProjectFacts(), unsafe=True)
    before = parse(source)
    if not isinstance(before, Parsed):
        assert result == FixResult(source, (), ())
        return result
    assert isinstance(parse(result.source), Parsed)
    again = fix_source(path, result.source, settings, ProjectFacts(), unsafe=True)
    assert again.source == result.source
    assert not again.repaired
    assert (result.source != source) == bool(result.repaired)
    assert all(f.fix is None and f.reason is not None for f in result.remaining if f.suppressed is None)
    found = len(check_source(path, source, settings, ProjectFacts()).findings)
    assert len(result.repaired) + len(result.remaining) == found
    assert_only_edits(source, result)
    return result


def assert_only_edits(before: bytes, result: FixResult) -> None:
    """Every line outside the repaired calls and the signatures is still there, and in the same order."""
    repaired = {line for f in result.repaired for line in range(f.line, f.end_line + 1)}
    new = iter(result.source.split(b"\n"))
    for number, line in enumerate(before.split(b"\n"), start=1):
        if number not in repaired and b"def " not in line:
            assert any(candidate == line for candidate in new), line


HEADS = [
    '"""Doc."""\n',
    "from __future__ import annotations\n",
    "import sys; sys.path.insert(0, '.')\n",
    "import pytest\n",
    "from unittest import TestCase, mock\n",
    "try:\n    import fast\nexcept ImportError:\n    fast = None\n",
    "if 0:\n    from cellwall import UserExecutionContext\n",
    "from other import UserExecutionContext\n",
    "from app.agents import AgentRegistry, agent_registry\n",
    "from app.tools import ToolDispatcher as TD, ToolRegistry, ToolDispatcher\n",
    "AGENT = AgentRegistry.get_agent('m')\n",
    "# ünïcödé \u20ac \U0001f600\n",
    "\x0c\n",
    "@pytest.fixture\ndef user_context():\n    return UserExecutionContext.create_for_user('u')\n",
]
OPENINGS = [
    "def test_a():\n",
    "def test_a(user_context):\n",
    "async def test_a(self, *, k=1):\n",
    "def test_a(*a, **k):\n",
    "def helper(x, y=AgentRegistry.get_agent('d')):\n",
    "@pytest.mark.parametrize('x', [1])\ndef test_a(x):\n",
    "@pytest.fixture\ndef thing(request):\n",
    "@pytest.fixture(scope='module')\ndef thing(): # why\n",
    "class TestA:\n  x = ToolDispatcher()\n  def test_a(self):\n",
    "class TestB(TestCase):\n\tdef test_b(self):\n",
    "def outer():\n def user_context():\n  pass\n def test_inner(a, b):\n",
    "def test_a(mgr: 'AgentRegistry', /, b):\n",
]
STATEMENTS = [
    "agent = AgentRegistry.get_agent('x')",
    "AgentRegistry.get_agent('x').run(TD(), ToolDispatcher().tools)",
    "agent_registry.get_agent(name='ä€')",
    "registry = AgentRegistry(1); registry.get_agent('x')",
    "AgentRegistry.get_agent(\n  'x'\n  )",
    "AgentRegistry.get_agent('x', # c\n  )",
    "AgentRegistry.get_agent(AgentRegistry.get_agent('inner'))",
    "self.agent_registry.get_agent('x')",
    "d = ToolDispatcher(); d.run()",
    "d = ToolDispatcher(tools=[1], context=None)",
    "d = yield ToolDispatcher()",
    "return ToolRegistry.get_tool('x')",
    "x = [ToolDispatcher() for _ in 'ab']",
    "x = lambda: ToolDispatcher()",
    "x = f'{ToolDispatcher()}'",
    "x = f'''{AgentRegistry.get_agent(\"x\")}\n'''",
    "user_context = 1",
    "del user_context",
    "global user_context",
    "from cellwall import UserExecutionContext, agent_instance_factory",
    "with mock.patch('app.tools.ToolDispatcher'): ToolDispatcher()",
    "with pytest.raises(E): ToolDispatcher()",
    "if ToolDispatcher(): pass",
    "while x: AgentRegistry.get_agent('w'); break",
    "AgentRegistry.get_agent('x') # cellwall: allow[CW101] meant",
    "x = '''ToolDispatcher()\n\n'''; ToolDispatcher()",
    "assert AgentRegistry.get_agent('x') ** 2, ToolDispatcher()[0]()",
    "x = ToolDispatcher() if y else await_me",
    "# just a comment",
    "'''a string statement'''",
]


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    """Any file put together from fragments, with any line ending, mark and end; not all of them parse."""
    lines = draw(st.lists(st.sampled_from(HEADS), max_size=5))
    for opening in draw(st.lists(st.sampled_from(OPENINGS), min_size=1, max_size=3)):
        last = opening.rstrip("\n").rpartition("\n")[2]
        indent = last[: len(last) - len(last.lstrip())] + draw(st.sampled_from(["    ", "\t", " "]))
        lines.append(opening)
        lines += [
            f"{indent}{statement}\n"
            for statement in draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=4))
        ]
    text = "".join(lines)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    source = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"]))).encode()
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + source


def awaited(settings: CheckSettings) -> CheckSettings:
    roles = {name: role._replace(awaited=name != "pool") for name, role in settings.roles.by_name.items()}
    return settings._replace(roles=Roles(roles))


@hypothesis_settings(max_examples=100, derandomize=True, deadline=None)
@given(modules(), st.booleans())
def test_any_module(source: bytes, with_await: bool) -> None:
    repair(source, awaited(SETTINGS) if with_await else SETTINGS)


def test_the_property_test_reaches_repairs() -> None:
    """The fragments above must not all be refused, or the property would say nothing."""
    repaired = 0
    for opening in OPENINGS:
        last = opening.rstrip("\n").rpartition("\n")[2]
        indent = last[: len(last) - len(last.lstrip())] + "    "
        for statement in STATEMENTS:
            source = f"{''.join(HEADS[3:5] + HEADS[8:10])}{opening}{indent}{statement}\n".encode()
            repaired += len(repair(source).repaired)
    assert repaired > 100


def _standard_library() -> list[Path]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    return sorted(path for path in folder.rglob("*.py") if "site-packages" not in path.parts)


def _broad() -> CheckSettings:
    """A role that replaces a call which real files are full of, so that they are really rewritten."""
    broad = DEFAULT_ROLES.by_name["dispatcher"]._replace(replaces=("path.join", "re.compile"))
    roles = Roles({**DEFAULT_ROLES.by_name, "dispatcher": broad})
    return SETTINGS._replace(roles=roles)


def test_a_sample_of_the_standard_library() -> None:
    """Real files: untouched with our roles; rewritten with a role for common calls, and still parsing."""
    files = [path for path in _standard_library() if path.stat().st_size < 20_000]
    for path in random.Random(20250902).sample(files, 25):
        repair(path.read_bytes())
    calling = [path for path in files if b"re.compile(" in path.read_bytes()][:6]
    for path in calling:
        repair(path.read_bytes(), _broad())


@pytest.mark.big
@pytest.mark.timeout(1800)
def test_the_whole_standard_library() -> None:
    for path in _standard_library():
        repair(path.read_bytes())
        repair(path.read_bytes(), _broad())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_line_endings_mark_tabs_and_end_are_kept(newline: str, bom: bytes, end: str) -> None:
    text = "import a\nfrom app import AgentRegistry\n\ndef test_é():\n\tx = 1\n\tAgentRegistry.get_agent('é')"
    expected = (
        "import a\nfrom app import AgentRegistry\n"
        "from cellwall import UserExecutionContext, agent_instance_factory\n"
        '\ndef test_é():\n\tuser_context = UserExecutionContext.create_for_user("user-test")\n\tx = 1\n'
        "\tagent_instance_factory.create_agent('é', user_context)"
    )
    result = repair(bom + (text + end).replace("\n", newline).encode())
    assert result.source == bom + (expected + end).replace("\n", newline).encode()


def test_other_encodings_are_listed_and_not_edited() -> None:
    source = "# coding: latin-1\nfrom a import ToolDispatcher\ndef test_ä():\n    ToolDispatcher()\n".encode(
        "latin-1"
    )
    result = repair(source)
    assert result.source == source
    assert [(f.reason, f.detail) for f in result.remaining] == [
        (Reason.UNKNOWN_SHAPE, "the file is encoded as iso-8859-1")
    ]


@pytest.mark.parametrize("head", ["# coding: latin-1\n", f"#{'-' * 1100}\n# coding: latin-1\n"])
def test_no_rule_edits_by_offsets_of_another_encoding(head: str) -> None:
    text = "x = 'ää'\ntotal = 1  # cellwall: allow[shared-session] the session was here\ny = 2\n"
    result = repair((head + text).encode("latin-1"))
    assert [(f.code, f.detail) for f in result.remaining] == [("CW001", "the file is encoded as iso-8859-1")]


def test_a_comment_inside_of_what_is_replaced_stops_the_repair() -> None:
    text = "import os\n\nSECRET_KEY = os.getenv('SECRET_KEY',{} 'change-me')\n"
    whole = repair(text.format("").encode(), path="app/settings.py", settings=APP)
    assert len(whole.repaired) == 1
    kept = repair(text.format("  # for tests\n").encode(), path="app/settings.py", settings=APP)
    assert kept.repaired == ()
    assert [f.detail for f in kept.remaining] == [DROPPED]


def test_repaired_findings_keep_the_lines_of_the_file_as_it_came() -> None:
    source = (
        b"from a import AgentRegistry, ToolDispatcher\n\ndef test_a():\n"
        b"    x = AgentRegistry.get_agent(ToolDispatcher())\n    ToolDispatcher()\n"
    )
    result = repair(source)
    places = sorted((f.line, f.column, f.code) for f in result.repaired)
    assert places == [(4, 9, "CW101"), (4, 33, "CW102"), (5, 5, "CW102")]


def _wrong(rule: Rule, change: Callable[[Fix], Fix], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a rule's fixes wrong in one way."""
    real = type(rule).check

    def check(self: Rule, module: object, context: object) -> Iterable[Finding]:
        for finding in real(self, module, context):  # type: ignore[arg-type]
            yield finding if finding.fix is None else finding._replace(fix=change(finding.fix))

    monkeypatch.setattr(type(rule), "check", check)


WRONG: dict[str, Callable[[Fix], Fix]] = {
    "does not parse": lambda fix: Fix((Edit(fix.edits[-1].start, fix.edits[-1].end, b"((("),), Safety.SAFE),
    "finding stays": lambda fix: Fix((Edit(0, 0, b"#\n"),), Safety.SAFE),
    "changes nothing": lambda fix: Fix((), Safety.SAFE),
    "outside of the file": lambda fix: Fix((Edit(10_000, 10_001, b""),), Safety.SAFE),
}


@pytest.mark.parametrize("way", WRONG)
def test_a_wrong_fix_is_dropped_and_the_others_go_on(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _wrong(find_rule("CW101"), WRONG[way], monkeypatch)
    source = (
        b"from a import AgentRegistry, ToolDispatcher\n\ndef test_a(user_context):\n"
        b"    AgentRegistry.get_agent('x')\n    ToolDispatcher()\n    AgentRegistry.get_agent('y')\n"
    )
    result = repair(source)
    assert [f.code for f in result.repaired] == ["CW102"]
    assert [(f.reason, f.detail) for f in result.remaining] == [(Reason.UNKNOWN_SHAPE, DROPPED)] * 2
    assert result.source.count(b"AgentRegistry.get_agent") == 2


def test_nested_findings_are_repaired_from_the_inside_and_a_refused_inner_one_stops_nothing() -> None:
    source = (
        b"from a import AgentRegistry\n\ndef test_a(user_context):\n"
        b"    AgentRegistry.get_agent(AgentRegistry.get_agent('x'))\n"
        b"    AgentRegistry.get_agent(lambda: AgentRegistry.get_agent('y'))\n"
    )
    result = repair(source)
    assert len(result.repaired) == 3
    assert b"(agent_instance_factory.create_agent('x', user_context), user_context)" in result.source
    assert [f.reason for f in result.remaining] == [Reason.NO_CONTEXT]


def test_unsafe_fixes_wait_until_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    _wrong(find_rule("CW102"), lambda fix: fix._replace(safety=Safety.UNSAFE), monkeypatch)
    source = b"from a import ToolDispatcher\n\ndef test_a(user_context):\n    ToolDispatcher()\n"
    kept = fix_source(PATH, source, SETTINGS, ProjectFacts())
    assert kept.source == source
    assert kept.remaining[0].fix is not None
    assert fix_source(PATH, source, SETTINGS, ProjectFacts(), unsafe=True).source != source


def test_a_file_with_many_findings_is_done_in_few_rounds() -> None:
    calls = b"".join(b"    AgentRegistry.get_agent('%d')\n" % number for number in range(300))
    source = b"from a import AgentRegistry\n\ndef test_a(user_context):\n" + calls
    result = repair(source)
    assert len(result.repaired) == 300
    matcher = difflib.SequenceMatcher(None, source.split(b"\n"), result.source.split(b"\n"), autojunk=False)
    assert matcher.ratio() < 1
    ast.parse(result.source)
