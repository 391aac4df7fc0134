"""Rules of other distributions may end the process: only that of a child, and they are named."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cellwall.check.apart import needs_child
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_failure import RuleError
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree
from cellwall.check.worker_pool import Checking, check_files
from tests.check.quiet_plugin import SOURCE, installed

EXIT = "__import__('os')._exit(0)"
LOUD = b"from app import Shouting\n\nShouting.say('x')\n"
KEPT = b"kept = []\n\n\ndef f(user):\n    kept.append(user)  # cellwall: allow[no-shouting] x\n"


def made(tree: MappingSourceTree) -> Checking:
    """Give the work with settings of its own: gates are known by these."""
    return Checking(tree, CheckSettings(rules=("QT001", "CW201", "CW001")), ProjectFacts())


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runner's own threads do not count."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


CHECK = f"check = lambda *_: {EXIT}"
KILL = "check = lambda *_: __import__('signal').raise_signal(9)"
GATE = f"gate = lambda *_: Gate.any_of(lambda source: b'Shout' in source and {EXIT})"


@pytest.mark.parametrize(
    ("defect", "files", "workers"),
    [(CHECK, 3, 2), (KILL, 3, 2), (GATE, 3, 2), (CHECK, 33, 1), (CHECK, 33, 2)],
)
def test_a_rule_that_ends_the_process_is_named_and_all_others_answer(
    defect: str, files: int, workers: int, site: Path
) -> None:
    installed(site, f"{SOURCE}    {defect}\n")
    sources = {f"app/f{number:02}.py": KEPT for number in range(files)} | {"app/f01.py": LOUD + KEPT}
    sources |= {path: b"x = 1\n" for path in sources if path > "app/f01.py"}
    work = made(MappingSourceTree(sources))
    reports = list(check_files(work, sorted(sources), workers=workers))
    assert [report.path for report in reports] == sorted(sources)
    said = "the rule QT001 no-shouting ended the process; report it, and go on with --ignore QT001"
    told = [report.failures for report in reports if report.failures]
    assert told == [(f"app/f01.py: {said}",)]
    assert [finding.code for finding in reports[0].findings] == ["CW201", "CW001"]
    assert [finding.code for finding in reports[1].findings] == ["CW201"]  # no CW001: it did not answer


@pytest.mark.parametrize("files", [1, 33])
def test_a_rule_that_ends_the_process_before_any_file_ends_the_check(files: int, site: Path) -> None:
    installed(site, f"{SOURCE}    gate = lambda *_: {EXIT}\n")
    sources = {f"f{number:02}.py": KEPT for number in range(files)}
    work = made(MappingSourceTree(sources))
    with pytest.raises(RuleError, match=r"^the gate of the rule QT001 no-shouting ended the process; report"):
        list(check_files(work, sorted(sources)))


def test_no_child_is_needed_without_rules_of_others(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = CheckSettings()
    assert not needs_child(ours, ["a.py"])
    all_rules.cache_clear()
    installed(site)
    assert needs_child(ours, ["a.js", "a.py"])
    assert not needs_child(ours, ["a.js"])
    assert not needs_child(CheckSettings(ignore=("QT",)), ["a.py"])
    nested = CheckSettings(ignore=("QT",), folders={"app": ours})
    assert needs_child(nested, ["app/a.py"])
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not needs_child(ours, ["a.py"])


BAD = (
    "from app.agents import AgentRegistry\n\n\ndef test_a(user_context):\n    AgentRegistry.get_agent('x')\n"
)


@pytest.mark.parametrize(
    ("defect", "arguments", "said"),
    [
        ("{1}", [], "the rule QT001 no-shouting ended the process; report it"),
        ("{1}", ["--fix"], "is left as it is, since a rule failed on it"),
        ("b'agent_instance_factory' in m.source and {1}", ["--fix"], "its repair ended the process; go on"),
        ("b'agent_instance_factory' in m.source and {1}", ["--fix", "-"], "its repair ended the process; go"),
        ("b'allow[' in m.source and {1}", ["--add-suppressions"], "its silencing ended the process; go on"),
    ],
)
def test_the_command_line_says_so_and_changes_nothing(
    defect: str, arguments: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    check = f"check = lambda self, m, _: [] if not ({defect.format('', EXIT)}) else []"
    environment = installed(
        tmp_path / "site", SOURCE.replace('b"Shouting"', 'b"AgentRegistry", b"agent_i"') + f"    {check}\n"
    )
    (tmp_path / "test_a.py").write_text(BAD)
    (tmp_path / "pyproject.toml").write_text("")
    more = ["--stdin-filename", "test_a.py"] if "-" in arguments else []
    done = subprocess.run(
        [sys.executable, "-m", "cellwall", "check", "--format", "concise", *arguments, *more],
        cwd=tmp_path, env=environment, input=BAD, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert f"test_a.py: {said}" in done.stdout + done.stderr
    assert "test_a.py:5:5: error" in done.stdout + done.stderr
    assert (tmp_path / "test_a.py").read_text() == BAD
