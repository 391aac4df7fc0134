"""While trees are built no garbage is collected, and their memory is kept for the next ones."""

import gc
import platform
import subprocess
import sys

import pytest

from cellwall.check.garbage import collection_paused

PARSES = """
import ast, contextlib, resource
from cellwall.check.garbage import collection_paused
text = "x = f(a, b)\\n" * 1000
with {block}:
    ast.parse(text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        ast.parse(text)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_the_collector_is_as_it_was_afterwards() -> None:
    assert gc.isenabled()
    with collection_paused():
        assert not gc.isenabled()
        with collection_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc's dynamic threshold")
def test_memory_of_one_tree_is_kept_for_the_next() -> None:
    pages = {
        block: int(subprocess.check_output([sys.executable, "-c", PARSES.format(block=block)]))
        for block in ("contextlib.nullcontext()", "collection_paused()")
    }
    assert pages["collection_paused()"] < pages["contextlib.nullcontext()"] / 2
