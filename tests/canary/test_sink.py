"""Every sink of the folder, and the fake one, keep what a sink promises."""

import importlib
import subprocess
import sys

import pytest

from cellwall.canary import FakeSink, Sink, all_sinks
from tests.canary.sink_conformance import check_sink


@pytest.mark.parametrize("sink", [FakeSink(), *all_sinks()], ids=lambda sink: sink.name)
def test_conformance(sink: Sink) -> None:
    if sink.library:
        importlib.import_module(sink.library)
    check_sink(sink)


def test_the_names_differ_and_each_file_has_a_sink() -> None:
    names = [sink.name for sink in all_sinks()]
    assert len(set(names)) == len(names)
    files = {name.rpartition(".")[2] for name in sys.modules if name.startswith("cellwall.canary.sinks.")}
    assert files == {type(sink).__module__.rpartition(".")[2] for sink in all_sinks()}


def test_each_watch_has_sinks_of_its_own_and_the_folder_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = all_sinks()
    monkeypatch.setattr("cellwall.canary.sinks.__path__", [])
    second = all_sinks()
    assert [type(sink) for sink in first] == [type(sink) for sink in second]
    assert not {id(sink) for sink in first} & {id(sink) for sink in second}


def test_importing_the_rooms_loads_nothing_but_the_standard_library() -> None:
    script = "import sys, cellwall.canary, cellwall.sharing; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in found.stdout.split()}
    assert loaded.isdisjoint({"httpx", "starlette", "sqlalchemy", "redis", "structlog", "aiohttp", "pytest"})
