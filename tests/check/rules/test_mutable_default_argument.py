"""A default argument that remembers."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "mutable-default-argument"
FOUND = [
    pytest.param(
        """
        def add(text, *, history=[]):
            history.append(text)
        """,
        [1],
        id="keyword only",
    ),
    pytest.param(
        """
        def add(key, table=dict()):
            table[key] = 1
        """,
        [1],
        id="an item",
    ),
    pytest.param(
        """
        class Agent:
            def __init__(self, memory: dict[str, str] = {}):
                self.memory: dict[str, str] = memory
            def learn(self, key):
                self.memory[key] = 1
        """,
        [2],
        id="kept with an annotation",
    ),
]
SILENT = [
    pytest.param(
        """
        def add(text, history=[]):
            history = [*history]
            history.append(text)
        """,
        id="replaced first",
    ),
    pytest.param(
        """
        def load(key, cache={}):
            cache[key] = 1
        """,
        id="a cache on purpose",
    ),
    pytest.param(
        """
        def f(seq):
            def g(n=[0]):
                n[0] += 1
            return g
        """,
        id="an inner function",
    ),
    pytest.param(
        """
        class A:
            def __init__(self, headers={}):
                self.headers = headers
            def get(self):
                return self.headers
        """,
        id="kept and only read",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
