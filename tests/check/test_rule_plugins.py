"""A rule of another distribution runs beside Cellwall's own; a broken one is an error that names it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path

import pytest

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.engine import check_source
from cellwall.check.rule_failure import RuleError
from cellwall.check.rule_plugins import PluginError
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "rule_plugin"
SOURCE = (EXAMPLE / "quiet_rules.py").read_text()
CODE = "from app import Shouting\n\nShouting.say('x')\n"


def installed(folder: Path, module: str | None = None) -> dict[str, str]:
    """Lay the example plugin out as pip would, and give the environment in which it is importable."""
    source = module if module is not None else SOURCE
    (folder / "quiet_rules.py").write_text(source)
    info = folder / "quiet_rules-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: quiet-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text((EXAMPLE / "entry_points.txt").read_text())
    return os.environ | {"PYTHONPATH": str(folder)}


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


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    def forget() -> None:
        sys.modules.pop("quiet_rules", None)
        all_rules.cache_clear()
        invalidate_caches()

    forget()
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    forget()


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
        ("check = lambda *_: {}[1]", "a.py: the rule QT001 no-shouting failed: KeyError: 1 (quiet_rules.py"),
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
