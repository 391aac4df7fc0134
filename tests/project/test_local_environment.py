"""Real processes behind each kind of walls: nothing secret goes in, limits hold, and nothing stays behind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellwall.project.config import load_project
from cellwall.project.environment import Completed, Limits
from cellwall.project.local_environment import LocalEnvironment, clean_environment, make_environment
from cellwall.project.walls import Walls

PYTHON = Path(sys.executable)


def run(walls: Walls, program: str, cwd: Path, *arguments: str, **options: object) -> Completed:
    environment = LocalEnvironment(PYTHON, Limits(seconds=60), walls)
    return environment.run([str(PYTHON), "-c", program, *arguments], cwd=cwd, **options)  # type: ignore[arg-type]


def processes_with(mark: str) -> list[int]:
    """Give the living processes that have the mark in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_until_gone(mark: str) -> None:
    """Wait for the kernel to finish; the test's own time limit ends a wait that does not end."""
    while processes_with(mark):
        time.sleep(0.02)


def own_folders() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"cellwall-env-*-{os.getpid()}-*"))


def test_secrets_of_the_parent_do_not_go_in(
    walls: Walls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("GITHUB_TOKEN", "canary")
    monkeypatch.setenv("PYTHONPATH", "/canary")
    answer = run(
        walls,
        "import json, os; print(json.dumps(dict(os.environ)))",
        tmp_path,
        extra_env={"GIVEN": "on purpose"},
    )
    seen = json.loads(answer.stdout)
    assert "canary" not in answer.stdout
    assert seen["GIVEN"] == "on purpose"
    assert seen["HOME"] != os.environ.get("HOME")
    assert seen["PYTHONDONTWRITEBYTECODE"] == "1"
    assert seen["PYTHONHASHSEED"] == "0"
    assert seen["PATH"].startswith(str(PYTHON.parent))


def test_the_allow_list() -> None:
    env = clean_environment(
        Path("/x/python"), {"PATH": "/bin", "LC_ALL": "C", "TOKEN": "t", "SSH_AUTH_SOCK": "s"}
    )
    assert env["PATH"] == "/x:/bin"
    assert env["LC_ALL"] == "C"
    assert not {"TOKEN", "SSH_AUTH_SOCK", "HOME"} & set(env)


def test_home_and_temp_are_fresh_and_go_away(walls: Walls, tmp_path: Path) -> None:
    answer = run(
        walls,
        "import os, pathlib, tempfile\n"
        "home = pathlib.Path.home()\n"
        "assert not any(home.iterdir())\n"
        "(home / 'left').write_text('x'); tempfile.mkstemp()\n"
        "print(home)",
        tmp_path,
    )
    assert answer.returncode == 0, answer.stderr
    assert not Path(answer.stdout.strip()).exists()
    assert own_folders() == []


def test_folders_too_deep_for_python_go_away_too(walls: Walls, tmp_path: Path) -> None:
    program = "import os, pathlib\nos.chdir(pathlib.Path.home())\nfor _ in range(3000):\n"
    program += "    os.mkdir('d')\n    os.chdir('d')"
    assert run(walls, program, tmp_path).returncode == 0
    assert own_folders() == []


def test_the_working_folder_and_writable_folders_can_be_written(walls: Walls, tmp_path: Path) -> None:
    work, other = tmp_path / "work", tmp_path / "other"
    work.mkdir()
    other.mkdir()
    program = "import sys; open('here', 'w').write('1'); open(sys.argv[1] + '/there', 'w').write('2')"
    answer = run(walls, program, work, str(other), writable=(other,))
    assert answer.returncode == 0, answer.stderr
    assert (work / "here").read_text() == "1"
    assert (other / "there").read_text() == "2"


def test_the_rest_cannot_be_written(closed_walls: Walls, tmp_path: Path) -> None:
    work, victim = tmp_path / "work", tmp_path / "victim"
    work.mkdir()
    victim.mkdir()
    (victim / "file").write_text("old")
    program = (
        "import os, sys\n"
        "for act in (lambda: open(sys.argv[1] + '/file', 'w'), lambda: os.mkdir(sys.argv[1] + '/new'),\n"
        "            lambda: os.unlink(sys.argv[1] + '/file'), lambda: os.chmod(sys.argv[1], 0o777)):\n"
        "    try:\n"
        "        act()\n"
        "    except OSError:\n"
        "        print('refused')\n"
    )
    answer = run(closed_walls, program, work, str(victim))
    assert answer.stdout.split() == ["refused"] * 4
    assert (victim / "file").read_text() == "old"
    assert [path.name for path in victim.iterdir()] == ["file"]


def test_the_walls_cannot_be_taken_down_from_inside(closed_walls: Walls, tmp_path: Path) -> None:
    work, victim = tmp_path / "work", tmp_path / "victim"
    work.mkdir()
    victim.mkdir()
    program = (
        "import ctypes, os, sys\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def remount():\n"
        "    for place in (b'/', sys.argv[1].encode()):\n"
        "        libc.mount(None, place, None, ctypes.c_ulong(0x20 | 0x1000), None)\n"
        "        libc.umount2(place, 2)\n"
        "    try:\n"
        "        os.mkdir(sys.argv[1] + '/new')\n"
        "    except OSError as error:\n"
        "        print('refused')\n"
        "remount()\n"
        "libc.unshare(0x10000000 | 0x20000)\n"  # a user namespace of its own, with all rights in it
        "remount()\n"
    )
    answer = run(closed_walls, program, work, str(victim))
    assert answer.stdout.split() == ["refused", "refused"], answer.stderr
    assert list(victim.iterdir()) == []


def test_known_places_of_secrets_are_hidden(
    closed_walls: Walls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id").write_text("canary")
    (home / ".netrc").write_text("canary")
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    program = (
        "import os, sys\nprint(os.listdir(sys.argv[1] + '/.ssh'), repr(open(sys.argv[1] + '/.netrc').read()))"
    )
    assert run(closed_walls, program, work, str(home)).stdout == "[] ''\n"
    assert (home / ".ssh" / "id").read_text() == "canary"


def test_localhost_works_and_the_machine_is_out_of_reach(closed_walls: Walls, tmp_path: Path) -> None:
    program = (
        "import socket, sys\n"
        "server = socket.create_server(('localhost', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "print('own server')\n"
        "try:\n"
        "    socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=5)\n"
        "except OSError:\n"
        "    print('refused')\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = run(closed_walls, program, tmp_path, str(server.getsockname()[1]))
    assert answer.stdout.split("\n") == ["own server", "refused", ""], answer.stderr


def test_other_processes_are_out_of_sight(closed_walls: Walls, tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "pids = [name for name in os.listdir('/proc') if name.isdigit()]\n"
        "mark = b'cellwall-secret-mark'\n"
        "print(len(pids) < 9, any(mark in open(f'/proc/{pid}/environ', 'rb').read() for pid in pids[1:]))"
    )
    assert run(closed_walls, program, tmp_path).stdout == "True False\n"


def test_shared_memory_and_hard_coded_tmp_work(walls: Walls, tmp_path: Path) -> None:
    name = f"cellwall-test-{uuid.uuid4().hex}"
    program = (
        "import multiprocessing, sys\n"
        "multiprocessing.Lock()\n"
        "open(sys.argv[1], 'w').write('x')\n"
        "print(open(sys.argv[1]).read())"
    )
    if walls.wall.bubblewrap:
        program = program.replace("open(", "0 and open(").replace("print(0 and ", "print('x' or ")
    answer = run(walls, program, tmp_path, f"/tmp/{name}")
    Path(f"/tmp/{name}").unlink(missing_ok=True)
    assert answer.stdout == "x\n", answer.stderr


def test_the_time_limit_ends_the_whole_tree(walls: Walls, tmp_path: Path) -> None:
    mark = f"mark-{uuid.uuid4().hex}"
    program = (
        "import subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(600)', sys.argv[1]]\n"
        "subprocess.Popen(sleep, start_new_session=True)\n"
        "print('started', flush=True)\n"
        "time.sleep(600)"
    )
    answer = run(walls, program, tmp_path, mark, limits=Limits(seconds=4))
    assert answer.timed_out
    assert answer.returncode != 0
    assert answer.stdout == "started\n"
    wait_until_gone(mark)
    assert own_folders() == []


def test_stray_processes_end_with_the_program(walls: Walls, tmp_path: Path) -> None:
    mark = f"mark-{uuid.uuid4().hex}"
    program = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(600)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "print('done')"
    )
    answer = run(walls, program, tmp_path, mark)
    assert (answer.stdout, answer.returncode, answer.timed_out) == ("done\n", 0, False)
    wait_until_gone(mark)


def test_a_killed_caller_leaves_nothing(walls: Walls, tmp_path: Path) -> None:
    mark = f"mark-{uuid.uuid4().hex}"
    caller = (
        "import sys\n"
        "from pathlib import Path\n"
        "from cellwall.project.local_environment import LocalEnvironment\n"
        "from cellwall.project.supervised import Wall\n"
        "from cellwall.project.walls import Walls\n"
        f"walls = Walls({walls.wall!r}, ('x',))\n"
        'program = \'import time; open("started", "w").close(); time.sleep(600)\'\n'
        "LocalEnvironment(Path(sys.executable), walls=walls).run(\n"
        "    [sys.executable, '-c', program, sys.argv[1]], cwd=Path(sys.argv[2]))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", caller, mark, str(tmp_path)])
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until_gone(mark)
    while list(Path(tempfile.gettempdir()).glob(f"cellwall-env-*-{process.pid}-*")):
        time.sleep(0.02)


@pytest.fixture
def crowd() -> Iterator[None]:
    """Fill the folder for temporary files with more than a run shows of it; these names sort first."""
    with contextlib.ExitStack() as stack:
        for _ in range(520):
            stack.enter_context(tempfile.NamedTemporaryFile(prefix="!cellwall-crowd-"))
        yield


def test_what_a_run_needs_is_there_in_a_crowded_folder(walls: Walls, crowd: None) -> None:
    with tempfile.TemporaryDirectory() as there, tempfile.TemporaryDirectory() as beside:
        Path(there, "given").write_text("x")
        program = (
            "import pathlib, sys; print(pathlib.Path('given').read_text()); "
            "pathlib.Path(sys.argv[1], 'made').touch()"
        )
        environment = LocalEnvironment(PYTHON, walls=walls)
        answer = environment.run(
            [str(PYTHON), "-c", program, beside], cwd=Path(there), writable=[Path(beside)]
        )
        assert (answer.stdout, answer.stderr) == ("x\n", "")
        assert Path(beside, "made").exists()


def test_output_is_cut_in_the_middle(walls: Walls, tmp_path: Path) -> None:
    program = "print('first'); print('x' * 5_000_000); print('last')"
    answer = run(walls, program, tmp_path, limits=Limits(seconds=60, output_bytes=10_000))
    assert answer.cut
    assert answer.stdout.startswith("first\n")
    assert answer.stdout.endswith("last\n")
    assert "bytes left out" in answer.stdout
    assert len(answer.stdout) < 10_200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="RLIMIT_DATA is Linux's")
def test_the_memory_limit(walls: Walls, tmp_path: Path) -> None:
    program = "x = bytearray(600 << 20); print('had it')"
    limits = Limits(seconds=60, memory_bytes=300 << 20)
    answer = run(walls, program, tmp_path, limits=limits)
    assert answer.returncode != 0
    assert "MemoryError" in answer.stderr
    reserved = "import mmap; m = mmap.mmap(-1, 600 << 20, prot=mmap.PROT_READ); print('only reserved')"
    assert run(walls, reserved, tmp_path, limits=limits).stdout == "only reserved\n"


@pytest.mark.parametrize(
    ("program", "code"),
    [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 11)", -11), ("import os; os.abort()", -6)],
)
def test_how_a_program_ended(walls: Walls, tmp_path: Path, program: str, code: int) -> None:
    expected = (
        128 - code if walls.wall.bubblewrap and code < 0 else code
    )  # bubblewrap answers as a shell does
    assert run(walls, program, tmp_path).returncode == expected


def test_a_program_that_is_not_there(walls: Walls, tmp_path: Path) -> None:
    answer = LocalEnvironment(PYTHON, walls=walls).run(["no-such-program-here", "-x"], cwd=tmp_path)
    assert answer.returncode in (127, 1)
    assert "no-such-program-here" in answer.stderr


def test_no_shell_reads_the_arguments(walls: Walls, tmp_path: Path) -> None:
    answer = run(walls, "import sys; print(sys.argv[1])", tmp_path, "$(touch pwned); `touch pwned` > pwned")
    assert answer.stdout == "$(touch pwned); `touch pwned` > pwned\n"
    assert list(tmp_path.iterdir()) == []


def test_nothing_waits_for_input(walls: Walls, tmp_path: Path) -> None:
    assert run(walls, "import sys; print(repr(sys.stdin.read()))", tmp_path).stdout == "''\n"


def test_make_environment(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cellwall.tests]\nnetwork = true\ntimeout = 5")
    environment = make_environment(load_project(tmp_path))
    assert environment.python == PYTHON
    assert any("network" in words for words in environment.walls)
    assert environment.run([str(PYTHON), "-c", "print(1)"], cwd=tmp_path).stdout == "1\n"
