"""A default argument that remembers."""

from collections.abc import Callable

import pytest

from cellwall.check.fixer import FixResult

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


@pytest.mark.parametrize(
    ("annotation", "after"),
    [
        ("list", "list | None"),
        ("a.B[int]", "a.B[int] | None"),
        ("list | set", "list | set | None"),
        ("'list'", "'list | None'"),
        ('"a.B[int]"', '"a.B[int] | None"'),
        ("Optional[list]", "Optional[list]"),
        ("r'list'", None),
        ("'a.B[\\'int\\']'", None),
        ("list if x else set", None),
    ],
)
def test_an_annotation_allows_none_afterwards(
    annotation: str, after: str | None, fix: Callable[..., FixResult]
) -> None:
    source = "def add(history: {} = {}):\n  {}history.append(1)\n"
    result = fix(source.format(annotation, "[]", ""), path="app/a.py", unsafe=True, include_app=True)
    made = "if history is None:\n    history = []\n  "
    wanted = source.format(annotation, "[]", "") if after is None else source.format(after, "None", made)
    assert result.source.decode() == wanted
