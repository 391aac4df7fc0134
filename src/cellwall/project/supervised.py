"""Runs one program below the launcher, within limits, and ends all of it. Knows no project."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cellwall.project.capture import Capture
from cellwall.project.environment import Completed, Limits
from cellwall.project.errors import EnvironmentUnusable
from cellwall.project.own_folder import own_folder

LAUNCHER: Final = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Wall:
    """How a program is closed in.

    Attributes:
        namespaces: by namespaces that the launcher makes.
        bubblewrap: by this program; empty for none.
        network: whether the program may reach the network.
        hidden: files and folders that the program sees empty.
    """

    namespaces: bool = False
    bubblewrap: str = ""
    network: bool = False
    hidden: tuple[str, ...] = ()


def run_supervised(
    argv: Sequence[str],
    *,
    wall: Wall,
    cwd: Path,
    env: Mapping[str, str],
    limits: Limits,
    writable: Sequence[Path] = (),
) -> Completed:
    """Run to the end, with HOME and TMPDIR in a folder of its own that is removed afterwards.

    Raises:
        EnvironmentUnusable: no process can be started at all, or `cwd` is no folder.
    """
    with own_folder("env") as own:
        for name in ("home", "tmp"):
            (own / name).mkdir()
        (own / "empty").touch()
        folders = [str(path.resolve()) for path in (cwd, *writable)]
        command = _bubblewrap(wall, own, folders) + list(argv) if wall.bubblewrap else list(argv)
        spec = {
            "parent": os.getpid(),
            "own": str(own),
            "cwd": str(cwd),
            "writable": folders,
            "hidden": wall.hidden,
            "memory": limits.memory_bytes,
            "network": wall.network,
            "namespaces": wall.namespaces,
        }
        own_env = {**env, "HOME": str(own / "home"), "TMPDIR": str(own / "tmp")}
        return _run([sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(spec), *command], own_env, limits)


def _run(command: list[str], env: Mapping[str, str], limits: Limits) -> Completed:
    start = time.monotonic()
    try:
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise EnvironmentUnusable(f"cannot start {command[0]}: {error}") from error
    assert process.stdout is not None
    assert process.stderr is not None
    outputs = [Capture(pipe, limits.output_bytes) for pipe in (process.stdout, process.stderr)]
    timed_out = False
    try:
        process.wait(limits.seconds)
    except subprocess.TimeoutExpired:
        timed_out = True
    finally:
        _end(process)
    (stdout, cut_out), (stderr, cut_err) = (output.finish() for output in outputs)
    seconds = time.monotonic() - start
    return Completed(process.returncode, stdout, stderr, timed_out, cut_out or cut_err, seconds)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)  # the launcher ends everything below it, then itself
        with suppress(subprocess.TimeoutExpired):
            process.wait(8)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _bubblewrap(wall: Wall, own: Path, folders: Sequence[str]) -> list[str]:
    command = [wall.bubblewrap, "--unshare-user", "--unshare-pid", "--unshare-ipc", "--die-with-parent"]
    command += [] if wall.network else ["--unshare-net"]
    command += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--cap-drop", "ALL"]
    for folder in (str(own), *folders):
        command += ["--bind", folder, folder]
    for place in wall.hidden:
        command += ["--tmpfs", place] if Path(place).is_dir() else ["--ro-bind", str(own / "empty"), place]
    return [*command, "--"]
