"""No file crashes or hangs a check: any bytes, nesting, folder; the big sweeps read whole libraries."""

import random
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cellwall.check.engine import FileReport, check_module, check_source
from cellwall.check.file_kind import FileKind
from cellwall.check.fixer import fix_source
from cellwall.check.gate import Gate, GatedSource
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts, collect_facts
from cellwall.check.rule_gates import gates
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.check.time_limit import limited
from cellwall.check.worker_pool import Checking, check_files
from cellwall.cli.main import main

DEEP = 1_000
NASTY = {
    "null.py": b"session = Session()\n\0\n",
    "latin.py": b"# -*- coding: latin-1 -*-\nsession = '\xe4'\n",
    "unknown_encoding.py": b"# -*- coding: no-such -*-\nsession = Session()\n",
    "utf16.py": "session = Session()\n".encode("utf-16"),
    "not_utf8.py": b"session = '\xff\xfe'\n",
    "surrogate.py": b"session = '\xed\xa0\x80'\n",
    "bom.py": b"\xef\xbb\xbfsession = Session()\n",
    "cr_only.py": b"session = 1\rx = 2\r",
    "form_feed.py": b"\x0csession = Session()\n",
    "empty.py": b"",
    "long_line.py": b"session = '" + b"x" * 10_000_000 + b"'\n",
    "many_names.py": b"session = [" + b"a, " * 200_000 + b"]\n",
    "parentheses.py": b"session = " + b"(" * DEEP + b")" * DEEP + b"\n",
    "lists.py": b"session = " + b"[" * 190 + b"]" * 190 + b"\n",
    "minus.py": b"session = " + b"-" * DEEP + b"1\n",
    "nots.py": b"session = " + b"not " * DEEP + b"1\n",
    "sums.py": b"session = " + b"1 + " * (5 * DEEP) + b"1\n",
    "attributes.py": b"session = a" + b".b" * DEEP + b"\n",
    "calls.py": b"session = a" + b"()" * DEEP + b"\n",
    "lambdas.py": b"session = " + b"lambda: " * DEEP + b"1\n",
    "functions.py": b"".join(b" " * n + b"def session():\n" for n in range(95)) + b" " * 95 + b"pass\n",
    "classes.py": b"".join(b" " * n + b"class Session:\n" for n in range(95)) + b" " * 95 + b"pass\n",
    "elifs.py": b"if session: pass\n" + b"elif a: pass\n" * DEEP,
    "fstrings.py": b"session = f'{a!r:>{b}}' f\"{'x' if y else f'{z}'}\"\n",
    "match.py": b"match session:\n    case {'a': [1, *_], **rest} | A(b=c) if d: pass\n",
}


def everything() -> CheckSettings:
    """All rules, those in preview too."""
    return CheckSettings(rules=("ALL",), preview=True)


def check_it(source: bytes, settings: CheckSettings) -> None:
    report = check_source("tests/test_a.py", source, settings, ProjectFacts())
    assert report.failures == ()
    result = fix_source("tests/test_a.py", source, settings, ProjectFacts(), unsafe=True)
    again = fix_source("tests/test_a.py", result.source, settings, ProjectFacts(), unsafe=True)
    assert again.source == result.source


@pytest.mark.parametrize("name", NASTY)
def test_nasty_files(name: str, settings: CheckSettings) -> None:
    check_it(NASTY[name], settings._replace(preview=True))


def test_a_folder_full_of_them_is_reported_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    for name, content in NASTY.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "good.py").write_text("from app import AgentRegistry\n\nAgentRegistry.get_agent('x')\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.py").symlink_to(tmp_path / "good.py")
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "unreadable.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    outputs = set()
    for arguments in ([], [], ["--no-cache", "--jobs", "1"]):
        result = CliRunner().invoke(main, ["check", "--preview", "--format", "concise", *arguments])
        assert result.exit_code == 1, result.output
        outputs.add(result.output)
    (output,) = outputs
    for name in (
        "null.py",
        "unknown_encoding.py",
        "utf16.py",
        "not_utf8.py",
        "long_line.py",
        "parentheses.py",
    ):
        assert f"{name}:" in output
    assert "good.py:3:1: error" in output
    assert "link.py" not in output and "loop" not in output


_WORDS = [example.source for rule in all_rules() for example in (*rule.INVALID, *rule.VALID)]


@hypothesis_settings(
    derandomize=True, max_examples=60, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_examples_cut_and_mixed(settings: CheckSettings, seed: int, cuts: int) -> None:
    """Lines of all rules' examples, shuffled and cut: most parse in parts, and all rules see their words."""
    chance = random.Random(seed)
    lines = [line for _ in range(3) for line in chance.choice(_WORDS).splitlines(keepends=True)]
    for _ in range(cuts):
        place = chance.randrange(len(lines) + 1)
        lines.insert(place, chance.choice(lines) if lines else "\n")
        if chance.random() < 0.5 and lines:
            del lines[chance.randrange(len(lines))]
    source = "".join(line if line.endswith("\n") else line + "\n" for line in lines).encode()
    check_it(source, settings._replace(preview=True))


@hypothesis_settings(derandomize=True, max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(source: bytes) -> None:
    report = check_source("a.py", source + b"\nsession = Session()\n", everything(), ProjectFacts())
    assert report.failures == ()


LONG = [
    b".#", b". # x\n", b"# ", b"#.\n", b"x = (", b"x=", b"x: dict[", b"=[", b"def f(", b"def ", b"self.a",
    b".\\\n", b"a, ", b"{", b"'", b'"', b'"""', b"import a, ", b"from a import (", b"(a=[", b"f(x", b"@a\n",
    b"\\\n", b" ", b"\n", b"[-", b"[(",
    b"[1 ", b". set ", b"# x\n set", b"headers ", b"async ", b"= .\n", b"(\n", b";\n",
]  # fmt: skip


@pytest.mark.parametrize("unit", LONG)
def test_no_gate_takes_for_ever(unit: bytes) -> None:
    """A pattern with two ways to repeat doubles its work with each character: no limit would be enough."""
    words = b"class A: instance, session, user, secret, cache, global x\n."
    source = words + unit * (2_000 // len(unit)) + b"\n"
    tokens = {token for _, gate in gates(everything()) for clause in gate.clauses for token in clause}
    with limited(30):
        for token in tokens:
            if not isinstance(token, bytes):
                GatedSource(source, FileKind.SERVICE).passes(Gate.any_of(token))


LIBRARIES = [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]


class Library:
    """A library's own files: not those that are installed below the interpreter's."""

    def __init__(self, folder: Path) -> None:
        self._tree = DirectorySourceTree(folder)

    def paths(self) -> Sequence[str]:
        return [path for path in self._tree.paths() if not path.startswith("site-packages/")]

    def read(self, path: str) -> bytes:
        return self._tree.read(path)


def sweep(folder: Path) -> Iterator[tuple[Checking, Sequence[str]]]:
    tree = Library(folder)
    settings = everything()
    facts = collect_facts(tree, settings)
    assert facts.failures == ()
    yield Checking(tree, settings, facts), tree.paths()


@pytest.mark.big
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("folder", LIBRARIES, ids=lambda folder: folder.name)
def test_every_file_of_a_library(folder: Path) -> None:
    for work, paths in sweep(folder):
        reports = list(check_files(work, paths))
        assert [report.path for report in reports] == list(paths)
        assert [failure for report in reports for failure in report.failures] == []
        assert list(check_files(work, paths[::7], workers=1)) == reports[::7]


@pytest.mark.big
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("folder", LIBRARIES, ids=lambda folder: folder.name)
def test_gates_lose_nothing_on_a_library(folder: Path) -> None:
    """Each file checked with the rules that its gates let through, and with all rules: the same is found."""
    for work, paths in sweep(folder):
        rules = [rule for rule, _ in gates(work.settings)]
        for path in paths:
            source = work.tree.read(path)
            is_test = work.settings.is_test_file(path)
            module = module_facts(path, source, work.project, is_test=is_test)
            if isinstance(module, ModuleFacts):
                failures: list[str] = []
                without = FileReport(path, check_module(module, rules, work.settings, failures))
                assert failures == []
                assert check_source(path, source, work.settings, work.project) == without


@pytest.mark.big
@pytest.mark.timeout(3000)
def test_generated_programs(settings: CheckSettings) -> None:
    hypothesmith = pytest.importorskip("hypothesmith", reason="hypothesmith is not installed")

    @hypothesis_settings(
        derandomize=True, max_examples=200, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(hypothesmith.from_grammar())
    def check(source: str) -> None:
        for rule_words in ("", "session = Session()\n"):
            check_it((rule_words + source).encode(), settings._replace(preview=True))

    check()
    assert sys.getrecursionlimit() >= 1000
