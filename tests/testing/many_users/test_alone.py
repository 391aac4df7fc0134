"""The fresh process in which a failing schedule is repeated: its command line, environment and answer."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cellwall.testing.many_users.alone import Alone, command_of, environment_of, place_of, repeat_alone

REPLAY = "--concurrent-users 3 --schedule 1:py3.11:s0:x.u1.2"


def config_of(
    folder: Path, *arguments: str, addopts: tuple[str, ...] = (), paths: tuple[str, ...] = ()
) -> Any:
    """As much of pytest's configuration as is looked at."""
    return SimpleNamespace(
        known_args_namespace=SimpleNamespace(file_or_dir=list(paths)),
        invocation_params=SimpleNamespace(args=arguments, dir=folder),
        getini=lambda name: list(addopts),
        inipath=folder / "pytest.ini",
        rootpath=folder,
        pluginmanager=SimpleNamespace(hasplugin=lambda name: True),
    )


def item_of(config: Any, nodeid: str) -> Any:
    return SimpleNamespace(config=config, nodeid=nodeid)


def test_it_keeps_the_options_and_leaves_out_paths_and_spoilers(tmp_path: Path) -> None:
    given = ("tests", "-x", "-n", "4", "--junitxml=all.xml", "--slow", "-p", "mine", "--cov=app")
    config = config_of(tmp_path, *given, addopts=("--strict-markers", "--pdb"), paths=("tests",))
    command = command_of(config, REPLAY, tmp_path)
    assert command[:3] == [sys.executable, "-m", "pytest"]
    assert command[3:7] == ["--strict-markers", "--slow", "-p", "mine"]
    assert command[-4:] == REPLAY.split()
    assert {"addopts=", f"cache_dir={tmp_path}/cache"} <= set(command)
    assert not {"tests", "-x", "-n", "4", "--junitxml=all.xml", "--pdb", "--cov=app"} & set(command)


def test_it_asks_for_the_item_by_its_whole_path(tmp_path: Path) -> None:
    item = item_of(config_of(tmp_path), "a/test_it.py::TestIt::test_one[x::y]")
    assert place_of(item) == f"{tmp_path}/a/test_it.py::TestIt::test_one[x::y]"


def test_the_environment_is_this_one_without_the_sessions_own() -> None:
    given = {"HOME": "/h", "PYTEST_ADDOPTS": "-x", "PYTEST_XDIST_WORKER": "gw0", "COV_CORE_SOURCE": "app"}
    kept = environment_of({**given, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert set(kept) == {"HOME", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTHONPATH"}


def test_trouble_is_said(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    config = config_of(tmp_path, "-p", "no:randomly")
    alone = repeat_alone(item_of(config, "test_missing.py::test_it"), REPLAY)
    assert alone.verdict == ""
    assert "pytest ended with 4" in alone.trouble
    assert alone.told("x") == f"not repeated: {alone.trouble}"


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text("import time\ntime.sleep(600)\n")
    alone = repeat_alone(item_of(config_of(tmp_path), "test_it.py::test_it"), REPLAY, timeout=0.2)
    assert alone.trouble == "it did not end within 0 s"


def test_words() -> None:
    assert Alone("leak", "x", 1.0).told("x").startswith("fails alike in")
    assert Alone("leak", "y", 1.0).told("x").startswith("fails, by other steps,")
    assert Alone("passed", "x", 1.0).told("x").startswith("passes in")
