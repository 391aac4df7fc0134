"""How much memory a process and its children take together: proportional set sizes, sampled (Linux)."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

EVERY: Final = 0.02  # seconds between two looks


def peak_memory(command: Sequence[str], folder: Path) -> float:
    """Run a command in a folder to its end, and give the most that it and its children took at once, in MB.

    A page that several processes share counts once, in parts: adding up what each has resident would count
    it as often as there are processes. What is taken for less than `EVERY` seconds may be missed.
    """
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, sum(_proportional(pid) for pid in _family(process.pid)))
        time.sleep(EVERY)
    return most / 1024


def _family(pid: int) -> Iterator[int]:
    """Give a process and all below it; one that ends meanwhile is left out."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = children.read_text().split()
        except OSError:
            continue
        for child in below:
            yield from _family(int(child))


def _proportional(pid: int) -> int:
    """Give a process's proportional set size in kB, 0 when it is gone."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")), 0)
