"""A container in a context variable."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "mutable-in-context-variable"
FOUND = [
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar("seen", default=dict())
        """,
        [2],
        id="a call",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar("seen")
        def add(k):
            seen.get()[k] = 1
        """,
        [4],
        id="an item set",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default=[])
        def add(k):
            held = _seen.get()
            held.append(k)
        """,
        [2],
        id="changed under another name",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default=[])
        def add(k):
            held = _seen.get()
            held += [k]
        """,
        [2],
        id="added to under another name",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default=[])
        def add(k):
            held = _seen.get()
            def later():
                held.append(k)
            return later
        """,
        [2],
        id="changed by a function inside",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default=[])
        def add(k):
            note(_seen.get())
            return _seen.get().copy()
        """,
        [2],
        id="given away beside a copy",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default=[])
        def add(k):
            return _seen
        """,
        [2],
        id="the variable given away",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default={"a": []})
        def add(k):
            return _seen.get().copy()
        """,
        [2],
        id="a default with something in it",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar("seen", default=[])
        def add(k):
            return seen.get().copy()
        """,
        [2],
        id="a public variable",
    ),
]
SILENT = [
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar(
            "seen",
            default={},  # noqa: B039
        )
        """,
        id="silenced for another linter",
    ),
    pytest.param(
        """
        from collections.abc import Mapping
        from contextvars import ContextVar
        seen: ContextVar[Mapping[str, str]] = ContextVar("seen", default={})
        def read():
            return seen.get()
        """,
        id="typed as what cannot change",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default={})
        def add(k):
            return _seen.set({**_seen.get(), k: 1})
        """,
        id="unpacked into another one",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default=[])
        def push(k):
            held = _seen.get().copy()
            held.append(k)
            _seen.set(held)
        def top():
            held = _seen.get()
            if held:
                return held[-1]
        """,
        id="a stack that is copied before each change",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        _seen = ContextVar("_seen", default=[])
        def push(k):
            _seen.set([*list(_seen.get()), k])
        """,
        id="a list made of it",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        seen = ContextVar("seen", default=())
        """,
        id="a tuple",
    ),
    pytest.param(
        """
        table = {}
        def add(k):
            table.get(k).append(1)
        """,
        id="a dictionary's get",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
