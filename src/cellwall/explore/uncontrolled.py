"""Names what makes two runs of one schedule differ: who asks clocks and randomness, threads, sockets."""

import os
import random
import secrets
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

ASKING: Final[dict[object, str]] = {
    time.time: "time.time",
    time.time_ns: "time.time_ns",
    time.monotonic: "time.monotonic",
    time.perf_counter: "time.perf_counter",
    random.random: "random.random",
    random.getrandbits: "random.getrandbits",
    os.urandom: "os.urandom",
}
_PYTHON_ASKING: Final = {
    uuid.uuid4.__code__: "uuid.uuid4",
    secrets.token_bytes.__code__: "secrets.token_bytes",
    socket.socket.__init__.__code__: "socket.socket",
    threading.Thread.start.__code__: "threading.Thread.start",
}
_MOST: Final = 10


def watch_questions(run: Callable[[], object]) -> tuple[str, ...]:
    """Call `run` and give which clocks, randomness, threads and sockets it used, with path:line."""
    seen: dict[str, None] = {}

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        name = None
        if event == "c_call":
            name = ASKING.get(argument) if _hashable(argument) else None
            caller: FrameType | None = frame
        elif event == "call":
            name, caller = _PYTHON_ASKING.get(frame.f_code), frame.f_back
        if name and caller and "/cellwall/explore/" not in caller.f_code.co_filename:
            seen[f"{name} at {caller.f_code.co_filename}:{caller.f_lineno}"] = None

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(before)
    return tuple(seen)[:_MOST]


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
