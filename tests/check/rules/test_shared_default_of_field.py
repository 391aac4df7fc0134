"""A container as a field's default."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "shared-default-of-field"
FOUND = [
    pytest.param(
        """
        from sqlalchemy.orm import mapped_column
        class A:
            extra = mapped_column(default={})
        """,
        [3],
        id="mapped_column",
    ),
    pytest.param(
        """
        import attr
        @attr.s
        class A:
            tags = attr.ib(default=[])
        """,
        [4],
        id="attrs",
    ),
    pytest.param(
        """
        from django.contrib.postgres.fields import ArrayField
        class A:
            tags = ArrayField(default=["a"])
        """,
        [3],
        id="postgres",
    ),
]
SILENT = [
    pytest.param(
        """
        from sqlalchemy import Column, JSON
        class A:
            extra = Column(JSON, default=dict)
        """,
        id="a factory",
    ),
    pytest.param(
        """
        from sqlalchemy import JSON
        from sqlalchemy.ext.mutable import MutableDict
        from sqlalchemy.orm import mapped_column
        class A:
            extra = mapped_column(MutableDict.as_mutable(JSON), default={})
        """,
        id="a type that copies",
    ),
    pytest.param(
        """
        import click
        @click.option("--tag", default=[])
        def run(tag): ...
        """,
        id="a command line option",
    ),
    pytest.param(
        """
        boxes = dict.fromkeys(["a"], 0)
        """,
        id="fromkeys of a constant",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
