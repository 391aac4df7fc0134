"""A rule of another distribution runs beside Cellwall's own; a broken one is an error that names it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "rule_plugin"
CODE = "from app import Shouting\n\nShouting.say('x')\n"


def installed(folder: Path, module: str | None = None) -> dict[str, str]:
    """Lay the example plugin out as pip would, and give the environment in which it is importable."""
    source = module if module is not None else (EXAMPLE / "quiet_rules.py").read_text()
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


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise RuntimeError('oops')", "cannot be loaded: RuntimeError: oops"),
        ("class NoShouting:\n    code = 'QT001'\n", "is no rule: it has no name, family"),
        (
            (EXAMPLE / "quiet_rules.py").read_text().replace("QT001", "CW101"),
            "has the code or name of CW101 global-registry-access",
        ),
    ],
)
def test_a_broken_plugin_is_named(module: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    done = check(installed(tmp_path / "site", module), tmp_path / "repo")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
