"""The child's side of the coordinator's processes: one request in, answers out, and no life without a parent.

The request is the first line of standard input; the pipe then stays open, and its end means that the
coordinator is gone. Answers are JSON lines on standard output, which nothing else may write to.
"""

import contextlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TextIO

INPUT: Final = 0
OUTPUT: Final = 1
ERRORS: Final = 2


def serve(handle: Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]) -> None:
    """Read the request, send every answer of `handle`, and end; end at once when the parent is gone."""
    requests, answers = _take_standard_input(), _take_standard_output()
    request = json.loads(requests.readline())
    threading.Thread(target=_end_with_parent, args=(requests,), daemon=True).start()
    for answer in handle(request):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _take_standard_input() -> TextIO:
    """Keep standard input for us; other code and processes that it starts read nothing."""
    requests = os.fdopen(os.dup(INPUT), encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, INPUT)
    os.close(nothing)
    return requests


def _take_standard_output() -> TextIO:
    """Keep standard output for answers; what other code prints goes to standard error."""
    answers = os.fdopen(os.dup(OUTPUT), "w", encoding="utf-8")
    os.dup2(ERRORS, OUTPUT)
    return answers


def _end_with_parent(requests: TextIO) -> None:
    while requests.read(1):
        pass
    with contextlib.suppress(OSError):  # the group is this process's own: see processes.answers_of
        os.killpg(0, signal.SIGKILL)
