"""Deferred patterns are those of `re`, compiled when first used; each that the checker has is one."""

import gc
import re
import subprocess
import sys
import warnings
from importlib import import_module
from pkgutil import walk_packages

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cellwall.check
from cellwall.check.deferred_pattern import DeferredPattern, deferred
from cellwall.check.file_kind import FileKind
from cellwall.check.gate import Gate, GatedSource

STARTS = """
import gc
from cellwall.check.deferred_pattern import DeferredPattern
from cellwall.check.rule_gates import gates
from cellwall.check.settings import CheckSettings
gates(CheckSettings())
found = [one for one in gc.get_objects() if type(one) is DeferredPattern]
print(len(found), sum("search" in vars(one) for one in found))
"""


@given(st.text("ab1 \n", max_size=12))
def test_it_finds_what_re_finds(text: str) -> None:
    ours, theirs = deferred(r"A+(?P<rest>\w?)", re.IGNORECASE), re.compile(r"A+(?P<rest>\w?)", re.IGNORECASE)
    assert ours.findall(text) == theirs.findall(text)
    assert ours.sub("x", text) == theirs.sub("x", text)
    assert ours.split(text) == theirs.split(text)
    assert [one.span("rest") for one in ours.finditer(text)] == [
        one.span("rest") for one in theirs.finditer(text)
    ]
    assert (ours.pattern, ours.flags, ours.groups) == (theirs.pattern, theirs.flags, theirs.groups)


def test_it_is_compiled_when_it_is_used() -> None:
    pattern = deferred("a(")
    assert repr(pattern) == "deferred('a(')"
    with pytest.raises(re.error):
        pattern.search("a")


def test_a_gate_looks_for_one() -> None:
    gate = Gate.any_of(deferred(rb"a\d"))
    assert GatedSource(b"a1", FileKind.SERVICE).passes(gate)
    assert not GatedSource(b"ab", FileKind.SERVICE).passes(gate)


def test_the_start_of_a_check_compiles_none() -> None:
    done = subprocess.run([sys.executable, "-c", STARTS], capture_output=True, text=True, check=True)
    there, compiled = map(int, done.stdout.split())
    assert there > 100
    assert compiled < 5


def test_each_pattern_of_the_checker_is_one() -> None:
    for module in walk_packages(cellwall.check.__path__, "cellwall.check."):
        import_module(module.name)
    patterns = [one for one in gc.get_objects() if type(one) is DeferredPattern and one.pattern != "a("]
    assert len(patterns) > 100
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for one in patterns:
            re.compile(one.pattern, one.given_flags)
