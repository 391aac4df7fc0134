"""A container of the class changed through self."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "class-attribute-changed-by-instances"
FOUND = [
    pytest.param(
        """
        class Talk:
            readers = set()
            def read(self, who):
                self.readers.add(who)
        """,
        [4],
        id="a set",
    ),
    pytest.param(
        """
        class Talk:
            lines: list[str] = []
            def one(self, text):
                self.lines.append(text)
            def two(self, text):
                self.lines.append(text)
        """,
        [4],
        id="once for each name",
    ),
]
SILENT = [
    pytest.param(
        """
        class Feed:
            _types = {}
            def kind(self, model):
                name = model.__name__
                if name not in self._types:
                    self._types[name] = look_up(model)
                return self._types[name]
        """,
        id="filled once for each key",
    ),
    pytest.param(
        """
        from app.base import Base
        class Talk(Base):
            lines: list = []
            def add(self, text):
                self.lines.append(text)
        """,
        id="a model of another file",
    ),
    pytest.param(
        """
        from dataclasses import dataclass
        @dataclass
        class Talk:
            lines = []
            def add(self, text):
                self.lines.append(text)
        """,
        id="a dataclass",
    ),
    pytest.param(
        """
        class Talk:
            lines = []
            @classmethod
            def add(cls, text):
                cls.lines.append(text)
        """,
        id="through cls",
    ),
    pytest.param(
        """
        from typing import ClassVar
        class Talk:
            lines: ClassVar[list] = []
            def add(self, text):
                self.lines.append(text)
        """,
        id="a ClassVar",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
