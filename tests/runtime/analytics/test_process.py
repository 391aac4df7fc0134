"""Processes end, fork and are killed; what is lost then is what the documents say."""

import signal
import subprocess
import sys
from pathlib import Path

from cellwall.runtime.analytics import SQLiteAnalyticsStore

START = """
import os, signal, sys
from pathlib import Path
from cellwall import AnalyticsLog, UserExecutionContext
from cellwall.runtime.analytics import Buffering, SQLiteAnalyticsStore
log = AnalyticsLog(SQLiteAnalyticsStore(Path(sys.argv[1])), buffering=Buffering(seconds=3600.0))
ada = UserExecutionContext.create_for_user("ada")
def track(*names):
    for name in names:
        log.track_event(name, user_context=ada)
"""


def run(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    # Python 3.12 warns of every fork beside threads, which is what one of these programs is about.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", START + code, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def kept(path: Path) -> list[str]:
    store = SQLiteAnalyticsStore(path)
    try:
        return [event.name for event in store.of_user("ada")]
    finally:
        store.close()


def test_the_end_of_the_process_writes_what_waits(tmp_path: Path) -> None:
    done = run("track('a', 'b')", tmp_path / "events")
    assert (done.returncode, done.stderr) == (0, "")
    assert kept(tmp_path / "events") == ["a", "b"]


def test_an_error_at_the_end_loses_nothing(tmp_path: Path) -> None:
    assert run("track('a')\nraise SystemExit(3)", tmp_path / "events").returncode == 3
    assert kept(tmp_path / "events") == ["a"]


def test_a_kill_loses_what_was_not_written_and_no_more(tmp_path: Path) -> None:
    code = "track('a')\nlog.flush()\ntrack('b')\nos.kill(os.getpid(), signal.SIGKILL)"
    assert run(code, tmp_path / "events").returncode == -signal.SIGKILL
    assert kept(tmp_path / "events") == ["a"]


def test_a_forked_child_writes_its_own_events_only(tmp_path: Path) -> None:
    code = """
track('before')
log.query_events(user_id='ada')
track('waiting')
child = os.fork()
track('child' if child == 0 else 'parent')
if child:
    assert os.waitpid(child, 0)[1] == 0
assert log.stats.pending == (2 if child else 1)
log.query_events(user_id='ada')
"""
    done = run(code, tmp_path / "events")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(kept(tmp_path / "events")) == ["before", "child", "parent", "waiting"]


def test_a_fork_amid_a_write_blocks_no_child(tmp_path: Path) -> None:
    code = """
import threading
busy, go_on = threading.Event(), threading.Event()
class Slow:
    def write(self, events):
        busy.set()
        if not go_on.wait(30): raise OSError
    def of_user(self, user_id, **_): return []
    def close(self): pass
slow = AnalyticsLog(Slow(), buffering=Buffering(batch=1))
slow.track_event('x', user_context=ada)
busy.wait(30)
child = os.fork()
if child == 0:
    go_on.set()
    slow.track_event('y', user_context=ada)
    slow.flush()
    os._exit(slow.stats.written)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
go_on.set()
"""
    done = run(code, tmp_path / "events")
    assert (done.returncode, done.stderr) == (0, "")


def test_three_processes_share_a_file(tmp_path: Path) -> None:
    code = "\nfor number in range(20):\n    track(f'{os.getpid()} {number}')\n    log.flush()"
    command = [sys.executable, "-c", START + code, str(tmp_path / "events")]
    children = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    for child in children:
        assert child.communicate(timeout=60)[1] == b""
    found = kept(tmp_path / "events")
    assert len(found) == len(set(found)) == 60
    for child in children:
        mine = [name for name in found if name.startswith(f"{child.pid} ")]
        assert mine == [f"{child.pid} {number}" for number in range(20)]
