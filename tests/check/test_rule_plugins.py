"""A rule of another distribution runs beside Cellwall's own; a broken one is an error that names it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cellwall.check import engine, rule_plugins, time_limit
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.engine import check_file, check_source
from cellwall.check.rule_failure import RuleError
from cellwall.check.rule_plugins import PluginError
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree
from tests.check.quiet_plugin import SOURCE, installed

CODE = "from app import Shouting\n\nShouting.say('x')\n"


def check(environment: dict[str, str], repo: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    repo.mkdir(exist_ok=True)
    (repo / "pyproject.toml").write_text("")
    (repo / "a.py").write_text(CODE)
    command = [sys.executable, "-m", "cellwall", "check", "--repo", str(repo), "--format", "json", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_example_s_rule_finds(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    done = check(installed(tmp_path / "site"), tmp_path / "repo")
    found = json.loads(done.stdout)["findings"]
    assert [(f["code"], f["rule"], f["line"]) for f in found] == [("QT001", "no-shouting", 3)], done.stderr


def test_a_changed_plugin_is_asked_again(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    environment = installed(tmp_path / "site")
    check(environment, tmp_path / "repo")
    (tmp_path / "site" / "quiet_rules.py").write_text(SOURCE.replace("this is said", "this is shouted"))
    assert "this is shouted" in check(environment, tmp_path / "repo").stdout


def test_a_broken_plugin_is_named_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    done = check(installed(tmp_path / "site", "raise RuntimeError('oops')"), tmp_path / "repo")
    assert done.returncode == 2
    assert "of quiet-rules cannot be loaded: RuntimeError: oops" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("class NoShouting:\n    code = 'QT001'\n", "is no rule: it has no name, family"),
        ("NoShouting = 5", "cannot be loaded: TypeError"),
        ("raise SystemExit(0)", "cannot be loaded: SystemExit: 0"),
        (SOURCE.replace("QT001", "CW101"), "has the code or name of CW101 global-registry-access"),
        (SOURCE.replace('"no-shouting"', '"shared-session"'), "has the code or name of CW103 shared-session"),
        (SOURCE.replace('"QT001"', "5"), "is no rule: its code is 5, no str"),
        (SOURCE.replace('"QT001"', '"*"'), "'*' is no code such as AB123"),
        (SOURCE.replace("Severity.WARNING", "'error'"), "its severity is 'error', no Severity"),
        (SOURCE.replace("None] = None", "None] = 'safe'"), "its fixes is 'safe', no Safety and not None"),
        (SOURCE + "    gate = 5\n", "its gate or check cannot be called"),
    ],
)
def test_what_is_no_rule_is_named(module: str, said: str, site: Path) -> None:
    installed(site, module)
    with pytest.raises(PluginError) as raised:
        all_rules()
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("defect", "said"),
    [
        ("gate = lambda *_: 5", "the gate of the rule QT001 no-shouting failed: TypeError: it gave int, no"),
        ("gate = lambda *_: {}[1]", "the gate of the rule QT001 no-shouting failed: KeyError: 1 (quiet_r"),
        (
            "check = lambda *_: ['text']",
            "a.py: the rule QT001 no-shouting failed: TypeError: it gave str,",
        ),
        ("gate = lambda *_: exit(3)", "the gate of the rule QT001 no-shouting failed: SystemExit: 3 ("),
        (
            "gate = lambda *_: Gate.any_of(lambda source: 1 / 0)",
            "a.py: the gate of the rule QT001 no-shouting failed: ZeroDivisionError: division by zero (",
        ),
        (
            "gate = lambda *_: Gate.any_of(lambda source: exit(3))",
            "a.py: the gate of the rule QT001 no-shouting failed: SystemExit: 3 (",
        ),
        ("check = lambda *_: {}[1]", "a.py: the rule QT001 no-shouting failed: KeyError: 1 (quiet_rules.py"),
        (
            "check = lambda *_: (_ for _ in ()).throw(BaseException('b'))",
            "a.py: the rule QT001 no-shouting failed: BaseException: b (quiet_rules.py",
        ),
        (
            "check = lambda self, m, _: [finding(self, m, m.tree.body[0], [])]",
            "a.py: the rule QT001 no-shouting failed: TypeError: it gave a Finding whose message is list (",
        ),
        ("check = lambda *_: exit(3)", "a.py: the rule QT001 no-shouting failed: SystemExit: 3"),
    ],
)
def test_a_rule_that_fails_is_named(defect: str, said: str, site: Path) -> None:
    installed(site, f"{SOURCE}    {defect}\n")
    settings = CheckSettings(rules=("QT001",))
    try:
        told = "".join(check_source("a.py", CODE.encode(), settings, ProjectFacts()).failures)
    except RuleError as error:
        told = str(error)
    assert told.startswith(said)
    assert told.endswith("report it, and go on with --ignore QT001")


HANG = "(_ for _ in iter(int, 1) if False).__next__()"


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (f"{SOURCE}    gate = lambda *_: {HANG}\n", "the gate of the rule QT001 no-shouting took too long ("),
        (f"{HANG}\n{SOURCE}", "of quiet-rules cannot be loaded: it takes more than 0 s; update or uninstall"),
    ],
)
def test_what_hangs_before_any_file_is_named(
    module: str, said: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.02)
    monkeypatch.setattr(rule_plugins, "SECONDS", 0.02)
    installed(site, module)
    with pytest.raises((RuleError, PluginError)) as raised:
        check_source("a.py", CODE.encode(), CheckSettings(rules=("QT001",)), ProjectFacts())
    assert said in str(raised.value)


def test_a_rule_that_hangs_is_named_and_the_others_answer(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.05)
    installed(site, f"{SOURCE}    check = lambda *_: {HANG}\n")
    source = f"{CODE}kept = []\n\n\ndef f(user):\n    kept.append(user)  # cellwall: allow[no-shouting] x\n"
    tree = MappingSourceTree({"app/a.py": source.encode()})
    settings = CheckSettings(rules=("QT001", "CW201", "CW001"))
    report = check_file(tree, "app/a.py", settings, ProjectFacts())
    assert [finding.code for finding in report.findings] == ["CW201"]  # no CW001: the rule did not answer
    assert report.failures == (
        "app/a.py: the rule QT001 no-shouting was given up after 0 s of work; report it, and go on with "
        "--ignore QT001",
    )


def test_a_gate_that_hangs_on_a_file_is_named_and_the_others_answer(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.2)
    monkeypatch.setattr(time_limit, "_AGAIN", 0.05)
    installed(site, f"{SOURCE}    gate = lambda *_: Gate.any_of(lambda source: {HANG})\n")
    source = f"{CODE}kept = []\n\n\ndef f(user):\n    kept.append(user)  # cellwall: allow[no-shouting] x\n"
    tree = MappingSourceTree({"app/a.py": source.encode()})
    settings = CheckSettings(rules=("QT001", "CW201", "CW001"))
    report = check_file(tree, "app/a.py", settings, ProjectFacts())
    assert [finding.code for finding in report.findings] == ["CW201"]  # no CW001: the rule did not answer
    (told,) = report.failures
    assert told.startswith("app/a.py: the gate of the rule QT001 no-shouting took too long (quiet_rules.py:")
    assert told.endswith("report it, and go on with --ignore QT001")


def test_of_two_gates_that_hang_both_are_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.2)
    monkeypatch.setattr(time_limit, "_AGAIN", 0.05)
    three_rules(site, f"gate = lambda *_: Gate.any_of(lambda source: {HANG}); check = lambda *_: []")
    settings = CheckSettings(rules=("QT", "CW103"))
    report = check_file(MappingSourceTree({"a.py": CODE.encode()}), "a.py", settings, ProjectFacts())
    assert [text.partition(" took ")[0] for text in report.failures] == [
        "a.py: the gate of the rule QT001 no-noshouting",
        "a.py: no rule was asked: the gate of the rule QT002 no-second",
    ]


def three_rules(site: Path, body: str) -> None:
    """Install three rules that differ in their names, each with these last lines of its class."""
    installed(site, SOURCE)
    head, start, rest = SOURCE.partition("@final")
    rule = rest.partition("    def gate")[0]
    made, points = [], []
    for name, code in (("NoShouting", "QT001"), ("Second", "QT002"), ("Third", "QT003")):
        text = rule.replace("QT001", code).replace("class NoShouting", f"class {name}")
        made.append(f"{start}{text.replace('no-shouting', f'no-{name.lower()}')}    {body}\n")
        points.append(f"{code} = quiet_rules:{name}\n")
    (site / "quiet_rules.py").write_text(head + "".join(made))
    (site / "quiet_rules-1.0.dist-info" / "entry_points.txt").write_text(
        f"[cellwall.rules]\n{''.join(points)}"
    )


def test_of_two_rules_that_hang_both_are_named_and_the_rest_is_not_asked(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.05)
    three_rules(site, f"gate = lambda *_: Gate.any_of(b'Shouting'); check = lambda *_: {HANG}")
    settings = CheckSettings(rules=("QT",))
    report = check_file(MappingSourceTree({"a.py": CODE.encode()}), "a.py", settings, ProjectFacts())
    assert [text.partition(" was ")[0] for text in report.failures] == [
        "a.py: the rule QT001 no-noshouting",
        "a.py: the rule QT002 no-second",
    ]
    assert "; the rules after it were not asked;" in report.failures[1]
