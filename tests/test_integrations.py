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


def test_the_action_s_script_checks_the_given_paths(tmp_path: Path) -> None:
    script = ACTION.rpartition("run: |\n")[2]
    assert re.findall(r"default: (\w+)\n  python", ACTION) == ["github"]
    assert "github" in FORMATS
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a b.py").write_text(BAD)
    (tmp_path / "other.py").write_text(BAD)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "FORMAT": "github",
        "PATHS": "a b.py\n",
        "ARGUMENTS": "--no-cache\n--select=CW101\n",
    }
    command = ["bash", "-e", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error title=CW101 global-registry-access,file=a b.py,line=5")
    assert "other.py" not in done.stdout


def test_no_input_of_the_action_is_read_as_a_command() -> None:
    for script in re.findall(r"run: (?:\|\n)?((?:.*\n?)+?)(?=    - |\Z)", ACTION):
        assert "${{" not in script
