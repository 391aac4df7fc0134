"""Which pytest configuration governs a file, and whether it runs async tests; the order is pytest's own."""

from pathlib import Path

import pytest

from cellwall.project.config import load_project
from cellwall.project.configuration_files import ConfigurationFiles
from cellwall.project.pytest_config import NAMES, config_for, configs, says_async


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("name", "text", "runs"),
    [
        ("pytest.ini", "[pytest]\nasyncio_mode = auto", True),
        ("pytest.ini", "[pytest]\nasyncio_mode = strict", False),
        ("pytest.ini", "[pytest]\nanyio_mode=auto", True),
        ("pytest.ini", "[pytest]\ntrio_mode=true", True),
        ("pytest.ini", "[pytest]\naddopts = -ra --asyncio-mode=auto", True),
        ("pytest.ini", "[pytest]\naddopts = --asyncio-mode auto", True),
        ("pytest.ini", "[pytest]\naddopts = -o asyncio_mode=auto", True),
        ("pytest.ini", "[pytest]\naddopts = -o asyncio_mode=strict\nasyncio_mode=auto", False),
        (
            "pytest.ini",
            "[tool:pytest]\nasyncio_mode = auto",
            False,
        ),  # the wrong section, as real trees have it
        ("pytest.ini", "", False),
        ("pytest.ini", "not an ini file", False),
        ("tox.ini", "[pytest]\nasyncio_mode = auto", True),
        ("tox.ini", "[tool:pytest]\nasyncio_mode = auto", False),
        ("setup.cfg", "[tool:pytest]\nasyncio_mode = auto", True),
        ("setup.cfg", "[pytest]\nasyncio_mode = auto", False),
        ("pyproject.toml", '[tool.pytest.ini_options]\nasyncio_mode = "auto"', True),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["--asyncio-mode=auto"]', True),
        ("pyproject.toml", '[tool.pytest]\nasyncio_mode = "auto"', True),
        ("pytest.toml", '[pytest]\nasyncio_mode = "auto"', True),
    ],
)
def test_async_tests(tmp_path: Path, name: str, text: str, runs: bool) -> None:
    (tmp_path / name).write_text(text)
    assert load_project(tmp_path).async_tests is runs
    assert config_for(tmp_path, "test_a.py").runs_async_tests is runs


def test_pytest_ini_goes_before_pyproject(tmp_path: Path) -> None:
    write(
        tmp_path,
        pytest_DOT_ini="[pytest]\n",
        pyproject_DOT_toml='[tool.pytest.ini_options]\nasyncio_mode = "auto"',
    )
    assert config_for(tmp_path, "test_a.py").path == tmp_path / "pytest.ini"
    assert not load_project(tmp_path).async_tests


def test_the_nearest_folder_counts(tmp_path: Path) -> None:
    write(
        tmp_path,
        pytest_DOT_ini="[pytest]\nasyncio_mode = auto",
        back__pytest_DOT_ini="[pytest]\n",
        back__tests__setup_DOT_cfg="[flake8]\n",
        back__tests__test_a_DOT_py="",
    )
    project = load_project(tmp_path)
    assert [folder for folder, _ in configs(ConfigurationFiles(tmp_path, frozenset(NAMES)))] == ["", "back"]
    assert project.async_tests_for("front/tests/test_a.py")
    assert not project.async_tests_for("back/tests/test_a.py")
    assert config_for(tmp_path, "back/tests/test_a.py").path == tmp_path / "back" / "pytest.ini"
    assert config_for(tmp_path, "back/tests").path == tmp_path / "back" / "pytest.ini"


def test_configurations_outside_the_repository_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, pytest_DOT_ini="[pytest]\nasyncio_mode = auto", repo__test_a_DOT_py="")
    assert config_for(tmp_path / "repo", "test_a.py").path is None


def test_a_virtual_environment_is_not_searched(tmp_path: Path) -> None:
    write(tmp_path, env__pyvenv_DOT_cfg="", env__lib__pytest_DOT_ini="[pytest]\n")
    assert list(configs(ConfigurationFiles(tmp_path, frozenset(NAMES)))) == []


def test_options_of_the_addopts(tmp_path: Path) -> None:
    write(tmp_path, pytest_DOT_ini='[pytest]\naddopts =\n    -ra\n    # a comment\n    -k "not slow"\n')
    assert config_for(tmp_path, "test_a.py").addopts == ("-ra", "-k", "not slow")


def test_an_open_quotation_mark_gives_no_options(tmp_path: Path) -> None:
    write(tmp_path, pytest_DOT_ini='[pytest]\naddopts = -k "slow\n')
    assert config_for(tmp_path, "test_a.py").addopts == ()


def test_arguments_alone() -> None:
    assert says_async({}, ("--asyncio-mode=auto",))
    assert not says_async({"asyncio_mode": "strict"}, ())
