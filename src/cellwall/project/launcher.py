"""Starts target code behind walls, and ends all of it. A script run by path; nothing imports it.

    python -I -S launcher.py SPEC PROGRAM [ARGUMENT...]      SPEC is JSON: see `supervised.py`

It needs the standard library alone and stands in one file (longer than most for that reason), so that it
starts in a hundredth of a second with any interpreter. Two processes stand above the program:

    launcher    ends everything when its parent dies, when it is told to (SIGTERM), and when the program ended
    init        first process of a pid namespace: the kernel ends all others with it; makes the mounts

Without namespaces there is no init; the launcher is then the reaper of all orphans and ends those it sees.
The order of the steps is bubblewrap's: namespaces, mounts, capabilities dropped, no new privileges, program.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import shutil
import signal
import socket
import struct
import sys
import time

# `typing` and `pathlib` are not imported at run time: they would double the time to start.
# ruff: noqa: PTH102, PTH103, PTH110, PTH112, PTH113, PTH114, PTH115, PTH123, PTH208, PTH211
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Spec = dict[str, Any]

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
LINUX = sys.platform.startswith("linux")
TEMP_FOLDERS = ("/tmp", "/var/tmp")
NOT_SHOWN = ("ssh-", "gpg-", "tmux-", "systemd-private-", "cellwall-env-", ".X11-unix", ".ICE-unix")
MOST_SHOWN = 500  # entries of a folder for temporary files
CANNOT_START, CANNOT_WALL = 127, 125

libc: ctypes.CDLL = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> None:
    """Raise OSError where a call of the C library failed."""
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def prctl(option: int, value: int) -> int:
    """Set one property of this process."""
    zero = ctypes.c_ulong(0)
    result: int = libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero)
    return result


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Call mount(2) with texts."""
    texts = [text.encode() if text is not None else None for text in (source, target, kind, data)]
    checked(libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]), f"mount {target}")


def read_only(target: str, on: bool, flags: int = 0) -> None:
    """Set or clear the read-only flag of a mount, with AT_RECURSIVE of all below it (Linux 5.12)."""
    attributes = struct.pack("QQQQ", MS_RDONLY if on else 0, 0 if on else MS_RDONLY, 0, 0)
    arguments = (AT_FDCWD, target.encode(), flags, attributes, ctypes.c_size_t(len(attributes)))
    checked(libc.syscall(SYS_MOUNT_SETATTR, *arguments), f"mount_setattr {target}")


def new_user() -> None:
    """Enter a user namespace with the same user and group ids, and a pid namespace for the next child."""
    uid, gid = os.getuid(), os.getgid()
    checked(libc.unshare(NEWUSER | NEWPID), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def loopback_up() -> None:
    """Switch the loopback device of a new network namespace on, so that tests can use localhost."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        _, flags = struct.unpack("16sH14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def own_temp(temp: str, place: str, needed: list[str]) -> None:
    """Put a folder of this run's own over `temp`; what was there stays visible, read-only.

    Of a crowded folder only so much is shown, what lies on the way to the `needed` paths first.
    """
    os.makedirs(place)
    shown = {path[len(temp) + 1 :].partition("/")[0] for path in needed if path.startswith(temp + "/")}
    names = sorted(os.listdir(temp), key=lambda name: (name not in shown, name))
    for name in names[:MOST_SHOWN]:
        source, target = f"{temp}/{name}", f"{place}/{name}"
        inside = place.startswith(source + "/")
        try:
            if os.path.islink(source):
                os.symlink(os.readlink(source), target)
            elif os.path.isdir(source) and (inside or not name.startswith(NOT_SHOWN)):
                os.mkdir(target)
                mount(source, target, None, MS_BIND | MS_REC)
            elif os.path.isfile(source):
                with open(target, "xb"):
                    mount(source, target, None, MS_BIND)
        except FileNotFoundError:  # others' files come and go: what is gone by now need not be shown
            if os.path.lexists(source):
                raise
    mount(place, temp, None, MS_BIND | MS_REC)


def build_mounts(spec: Spec, argv: list[str]) -> None:
    """Make everything read-only but the writable folders, and hide the places where secrets lie."""
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    read_only("/", True, AT_RECURSIVE)
    for folder in (spec["own"], *spec["writable"]):
        mount(folder, folder, None, MS_BIND | MS_REC)
        read_only(folder, False)
    for place in spec["hidden"]:
        if os.path.isdir(place):
            mount("tmpfs", place, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=755")
        elif os.path.exists(place):
            mount("/dev/null", place, None, MS_BIND)
    paths = os.pathsep.join([os.environ.get("PATH", ""), os.environ.get("PYTHONPATH", "")])
    needed = [spec["own"], *spec["writable"], spec["cwd"], *argv, *paths.split(os.pathsep)]
    for number, temp in enumerate(TEMP_FOLDERS):
        if os.path.isdir(temp) and not os.path.islink(temp):
            own_temp(temp, f"{spec['own']}/temp-{number}", needed)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    if os.path.isdir("/dev/shm"):
        mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=256m")


def lower(kind: int, value: int) -> None:
    """Lower a limit; never raise one."""
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def limit(spec: Spec) -> None:
    """Set the limits of one process.

    RLIMIT_DATA counts what can be written to, not what is only reserved, so that threads and allocators
    with large reservations live; RLIMIT_AS would end them.
    """
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_DATA if LINUX else resource.RLIMIT_AS, spec["memory"])
    lower(resource.RLIMIT_FSIZE, 4 << 30)
    if spec["namespaces"]:
        lower(resource.RLIMIT_NPROC, 4096)
    if LINUX:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")  # when memory runs out, the kernel ends target code first


def become_program(spec: Spec, argv: list[str]) -> NoReturn:
    """Drop every right and become the program; gives no result."""
    try:
        limit(spec)
        if LINUX:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if spec["namespaces"]:
            for capability in range(64):
                prctl(PR_CAPBSET_DROP, capability)
            checked(prctl(PR_SET_NO_NEW_PRIVS, 1), "no_new_privs")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored, signal.SIG_DFL)
        os.chdir(spec["cwd"])
        os.execvpe(argv[0], argv, os.environ)
    except (OSError, ValueError) as error:
        say(f"cannot start {argv[0]}: {error}")
    finally:
        os._exit(CANNOT_START)


def say(text: str) -> None:
    """Tell the one who reads the program's standard error."""
    os.write(2, f"cellwall: {text}\n".encode(errors="replace"))


def be_init(spec: Spec, argv: list[str], alive: int, report: int) -> NoReturn:
    """Be the first process of the pid namespace: build, start the program, reap, and tell how it ended."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if not os.read(alive, 1):  # the launcher died before the line above
        os._exit(1)
    try:
        checked(libc.unshare(NEWNS | NEWIPC | (0 if spec["network"] else NEWNET)), "unshare")
        if not spec["network"]:
            loopback_up()
        build_mounts(spec, argv)
    except OSError as error:
        say(f"cannot build the walls: {error}")
        os._exit(CANNOT_WALL)
    program = os.fork()
    if program == 0:
        become_program(spec, argv)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == program:
            os.write(report, str(status).encode())
            os._exit(0)


def start(spec: Spec, argv: list[str]) -> tuple[int, int | None]:
    """Start the program, with or without init; give the child's pid and the pipe that tells its status."""
    if not spec["namespaces"]:
        child = os.fork()
        if child == 0:
            become_program(spec, argv)
        return child, None
    try:
        new_user()
    except OSError as error:
        say(f"cannot build the walls: {error}")
        sys.exit(CANNOT_WALL)
    alive, mark = os.pipe()
    result, report = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(mark)
        be_init(spec, argv, alive, report)
    os.close(report)
    os.write(mark, b"1")
    return child, result


def wait_for(child: int, parent: int) -> int | None:
    """Give the child's wait status, or None when all shall end before it."""
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if os.getppid() != parent:
            return None
        if LINUX:
            told = signal.sigtimedwait(WATCHED, 1.0)
            if told is not None and told.si_signo != signal.SIGCHLD:
                return None
        else:
            time.sleep(0.02)
            if WATCHED & signal.sigpending() - {signal.SIGCHLD}:
                return None


def children() -> list[int]:
    """Give the processes whose parent is this one, adopted orphans included."""
    found = []
    for name in os.listdir("/proc") if LINUX else ():
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                if name.isdigit() and int(file.read().rpartition(b")")[2].split()[1]) == os.getpid():
                    found.append(int(name))
        except OSError:
            continue
    return found


def end_all(child: int) -> None:
    """End the child and everything below it; orphans come to this process, so the loop meets them all."""
    deadline = time.monotonic() + 5
    targets = {child}
    while targets and time.monotonic() < deadline:
        for pid in targets:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except OSError:
                continue
        targets = set(children())


def remove(folder: str) -> None:
    """Remove the run's own folder, for the caller may be dead; what is too deep is left to the next sweep."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)


def main() -> NoReturn:
    """Run the program to its end, end what it left behind, and end as it did."""
    spec, argv = json.loads(sys.argv[1]), sys.argv[2:]
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    if LINUX:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    child, result = start(spec, argv)
    status = wait_for(child, spec["parent"])
    end_all(child)
    if status is not None and result is not None:
        told = os.read(result, 16)
        status = int(told) if told else status
    remove(spec["own"])
    code = -signal.SIGKILL if status is None else os.waitstatus_to_exitcode(status)
    if code < 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()
