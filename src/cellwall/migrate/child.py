"""The child's side of the coordinator's processes: one request in, answers out, and no life without a parent.

The request is the first line of standard input; the pipe then stays open, and its end means that the
coordinator is gone. Answers are JSON lines on standard output, which nothing else may write to.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO


def serve(handle: Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]) -> None:
    """Read the request, send every answer of `handle`, and end; end at once when the parent is gone."""
    answers = _take_standard_output()
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for answer in handle(request):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _take_standard_output() -> TextIO:
    """Keep standard output for answers; what other code prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _end_with_parent() -> None:
    while sys.stdin.read(1):
        pass
    with contextlib.suppress(OSError):  # the group is this process's own: see processes.run_child
        os.killpg(0, signal.SIGKILL)
