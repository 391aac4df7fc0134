"""The launcher's own steps, where no run of a program could bring the moment about."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from cellwall.project.supervised import LAUNCHER


@pytest.fixture
def launcher() -> ModuleType:
    """Import the script, which nothing else does."""
    spec = importlib.util.spec_from_file_location("launcher_under_test", LAUNCHER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    """Give a folder for temporary files with one of each kind in it."""
    folder = tmp_path / "temp"
    (folder / "a folder").mkdir(parents=True)
    (folder / "a file").touch()
    (folder / "the last").touch()
    return folder


@pytest.mark.parametrize("gone", ["a folder", "a file"])
def test_what_others_remove_meanwhile_is_not_shown(
    launcher: ModuleType, temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    mounted: list[str | None] = []

    def mount(source: str | None, target: str, *_: object) -> None:
        if source == f"{temp}/{gone}":
            shutil.rmtree(source, ignore_errors=True)
            Path(source).unlink(missing_ok=True)
            raise FileNotFoundError(2, "mount")
        mounted.append(source)

    monkeypatch.setattr(launcher, "mount", mount)
    launcher.own_temp(str(temp), str(tmp_path / "own"), [])
    assert f"{temp}/the last" in mounted
    assert mounted[-1] == str(tmp_path / "own")
    assert f"{temp}/{gone}" not in mounted


def test_a_mount_that_fails_for_what_is_there_builds_no_wall(
    launcher: ModuleType, temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mount(source: str | None, target: str, *_: object) -> None:
        raise FileNotFoundError(2, "mount")

    monkeypatch.setattr(launcher, "mount", mount)
    with pytest.raises(FileNotFoundError):
        launcher.own_temp(str(temp), str(tmp_path / "own"), [])
