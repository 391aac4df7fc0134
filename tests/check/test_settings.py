"""Settings come from the project's tables and the command line; nested folders have their own."""

from pathlib import Path

import pytest

from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.project.check_config import CheckConfig
from cellwall.project.config import load_project
from cellwall.project.errors import ConfigError

CALL = b"from app.agents import AgentRegistry\n\nAgentRegistry.get_agent('x')\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "inner" / "deep").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.cellwall.check]\nignore = ['shared-session']\nstrict = true\n"
        "[tool.cellwall.check.per-file-ignores]\n'scripts/**' = ['CW1']\n'made.py' = ['CW101']\n"
    )
    (tmp_path / "inner" / "pyproject.toml").write_text(
        "[tool.cellwall.check]\nselect = ['CW102']\n"
        "per-file-ignores = {'one.py' = ['ALL'], 'a/*.py' = ['CW1']}\n"
    )
    return tmp_path


def settings_of(root: Path, **asked: object) -> CheckSettings:
    return CheckSettings.from_project(load_project(root), asked=CheckConfig(**asked))  # type: ignore[arg-type]


def codes(path: str, settings: CheckSettings) -> list[str]:
    return [f.code for f in check_source(path, CALL, settings, ProjectFacts()).findings]


def test_the_tables(root: Path) -> None:
    settings = settings_of(root)
    assert (settings.ignore, settings.strict) == (("shared-session",), True)
    assert settings.of("inner/deep/x.py").rules == ("CW102",)
    assert settings.of("inner/deep/x.py").strict is False
    assert settings.of("innermost/x.py") is settings


def test_what_runs_where(root: Path) -> None:
    settings = settings_of(root)
    assert codes("a.py", settings) == ["CW101"]
    assert codes("scripts/deep/a.py", settings) == []
    assert codes("deep/made.py", settings) == []
    assert codes("inner/a.py", settings) == []


def test_globs_of_a_folder_are_meant_from_there(root: Path) -> None:
    settings = settings_of(root, select=("CW101",))
    assert codes("inner/b.py", settings) == ["CW101"]
    assert codes("inner/deep/one.py", settings) == []
    assert codes("one.py", settings) == ["CW101"]
    assert codes("inner/a/x.py", settings) == []
    assert codes("inner/deep/a/x.py", settings) == ["CW101"]


def test_the_command_line_replaces_the_selection_and_adds_the_rest(root: Path) -> None:
    settings = settings_of(root, select=("CW103",), ignore=("CW105",), extend_select=("CW104",), preview=True)
    assert (settings.rules, settings.extend) == (("CW103",), ("CW104",))
    assert settings.ignore == ("shared-session", "CW105")
    assert settings.of("inner/x.py").rules == ("CW103",)
    assert settings.of("inner/x.py").preview


def test_named_rules_run_everywhere(root: Path) -> None:
    settings = CheckSettings.from_project(load_project(root), rules=("CW101",))
    assert codes("scripts/a.py", settings) == codes("inner/one.py", settings) == ["CW101"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "slect = ['CW101']",
            r"pyproject.toml:2: tool.cellwall.check.slect: unknown key; did you mean 'select'",
        ),
        ("select = 1", "must be a text or a list of texts"),
        ("strict = 'yes'", "must be true or false"),
        ("per-file-ignores = ['x']", "must be a table"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.cellwall.check]\n{text}\n")
    with pytest.raises(ConfigError, match=said):
        load_project(tmp_path)
    (tmp_path / "inner").mkdir()
    (tmp_path / "pyproject.toml").rename(tmp_path / "inner" / "pyproject.toml")
    with pytest.raises(ConfigError, match=r"inner/pyproject.toml:\d"):
        load_project(tmp_path)


def test_a_broken_file_of_others_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "pyproject.toml").write_text("[tool.cellwall.check]\nselect = [\n")
    assert not load_project(tmp_path).check_folders
