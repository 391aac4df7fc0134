"""The pre-commit hooks and the GitHub action call commands that exist, and run as they are written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click

from cellwall.check.output.formats import FORMATS
from cellwall.cli.main import main

ROOT = Path(__file__).parents[1]
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text()
ACTION = (ROOT / "action.yml").read_text()
BAD = "from app.agents import AgentRegistry\n\n\ndef test_a():\n    AgentRegistry.get_agent('x')\n"


def test_hooks_use_options_that_exist() -> None:
    command = main.get_command(click.Context(main), "check")
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    entries = re.findall(r"entry: cellwall check (.*)", HOOKS)
    assert len(entries) == len(re.findall(r"^- id:", HOOKS, re.MULTILINE)) == 2
    for entry in entries:
        assert {word for word in entry.split() if word.startswith("--")} <= known
        assert "--force-exclude" in entry  # pre-commit names every file itself


def action_step(number: int, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run one of the action's scripts as a runner does, `cellwall` being this environment's."""
    script = re.findall(r"run: \|\n((?:        .*\n?)+)", ACTION)[number]
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    environment = os.environ | {"RUNNER_TEMP": str(folder / "runner temp")} | inputs
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_action_installs_itself_beside_the_job_s_python(tmp_path: Path) -> None:
    told = tmp_path / "told"
    python = tmp_path / "python 3"
    python.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{told}"\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n'
    )
    python.chmod(0o755)
    done = action_step(0, tmp_path, PYTHON=str(python), ACTION_PATH="/an action", PLUGINS="a b\n\n$(id)\n")
    assert done.returncode == 0, done.stderr
    venv = f"{tmp_path}/runner temp/cellwall"
    pip = ["-m", "pip", "install", "--quiet", "/an action[javascript]", "a b", "$(id)"]
    assert told.read_text().splitlines() == ["-m", "venv", venv, *pip]
    assert "update-environment: false" in ACTION


def test_the_action_s_script_checks_the_given_paths(tmp_path: Path) -> None:
    assert re.findall(r"default: (\w+)\n  plugins", ACTION) == ["github"]
    assert "github" in FORMATS
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a b.py").write_text(BAD)
    (tmp_path / "other.py").write_text(BAD)
    (tmp_path / "runner temp" / "cellwall" / "bin").mkdir(parents=True)
    cellwall = Path(sys.executable).parent / "cellwall"
    (tmp_path / "runner temp" / "cellwall" / "bin" / "cellwall").symlink_to(cellwall)
    done = action_step(
        1, tmp_path, FORMAT="github", PATHS="a b.py\n", ARGUMENTS="--no-cache\n--select=CW101\n"
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error title=CW101 global-registry-access,file=a b.py,line=5")
    assert "other.py" not in done.stdout
    hostile = action_step(1, tmp_path, FORMAT="github", PATHS='"; touch x; $(touch x)', ARGUMENTS="")
    assert hostile.returncode == 2
    assert not (tmp_path / "x").exists()


def test_no_input_of_the_action_is_read_as_a_command() -> None:
    for script in re.findall(r"run: (?:\|\n)?((?:.*\n?)+?)(?=    - |\Z)", ACTION):
        assert "${{" not in script
