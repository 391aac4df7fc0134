"""The demo on a platform of one file: what it says, what it keeps, and how it fails."""

import importlib.util
import subprocess
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "demo.py"
PLAN = """# A small plan

### Agent 1: All of it
**Scope**: `tests/**`
**Focus**: Agents by factory

**Specific Tasks**:
1. Replace AgentRegistry.get_agent() by the factory
"""
REGISTRY = """
class AgentRegistry:
    @staticmethod
    def get_agent(name):
        return name.upper()
"""
TEST = """
from registry import AgentRegistry


def test_agent():
    assert AgentRegistry.get_agent("x") == "X"
"""
SETTINGS = """
[tool.pytest.ini_options]
pythonpath = ["."]
[tool.cellwall.roles.agent_factory]
import = "from factory import make"
create = "make({name}, {context})"
replaces = ["AgentRegistry.get_agent"]
"""


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("demo", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    example = tmp_path / "example"
    (example / "tests").mkdir(parents=True)
    for name, text in {
        module.PLAN: PLAN,
        "pyproject.toml": SETTINGS,
        "registry.py": REGISTRY,
        "factory.py": "def make(name, context):\n    return name.upper()\n",
        "tests/test_agent.py": TEST,
    }.items():
        (example / name).write_text(text)
    monkeypatch.setattr(module, "EXAMPLE", example)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return module


def test_a_run_ends_with_where_to_look(demo: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    assert demo.main() == 0
    said = capfd.readouterr().out
    assert "The run finished" in said and "git diff main cellwall/" in said
    (line,) = [line for line in said.splitlines() if line.strip().startswith("cd ")]
    repository = Path(line.split()[1])
    branch = demo.git(repository, "branch", "--list", "cellwall/*", "--format=%(refname:short)")
    assert branch in said
    assert "make(" in demo.git(repository, "show", f"{branch}:tests/test_agent.py")
    assert "get_agent" in (repository / "tests" / "test_agent.py").read_text()
    assert demo.git(repository, "status", "--porcelain") == ""


def test_a_run_that_cannot_start(demo: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    (demo.EXAMPLE / demo.PLAN).unlink()
    assert demo.main() == 2
    said = capfd.readouterr()
    assert "exit code 2" in said.err and "made no branch" in said.err
    assert "git diff" not in said.out


def test_without_git(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert demo.main() == 2
    assert "needs git" in capfd.readouterr().err


def test_the_users_git_configuration_changes_nothing(
    demo: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[core]\n hooksPath = {hooks}\n autocrlf = true\n[commit]\n gpgSign = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    repository = tmp_path / "copy"
    repository.mkdir()
    (repository / "file").write_bytes(b"a\r\n")
    demo.git(repository, "init", "--quiet")
    demo.git(repository, "add", "--all")
    demo.git(repository, "commit", "--quiet", "-m", "As it was")
    stored = subprocess.run(
        ["git", "-C", str(repository), "cat-file", "blob", "HEAD:file"], capture_output=True, check=True
    )
    assert stored.stdout == b"a\r\n"
