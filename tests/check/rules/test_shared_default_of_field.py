"""A container as a field's default."""

from collections.abc import Callable

import pytest

from cellwall.check.engine import check_source
from cellwall.check.finding import Severity
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

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


SQLALCHEMY = "from sqlalchemy import JSON, Column\nclass Note(Base):\n    tags = Column(JSON, default=[])\n"


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        (SQLALCHEMY, Severity.INFO),
        (SQLALCHEMY + "def add(note, tag):\n    note.tags.append(tag)\n", Severity.WARNING),
        (SQLALCHEMY + "def add(note, tag):\n    note.tags += [tag]\n", Severity.WARNING),
        ("import attr\nclass Note:\n    tags = attr.ib(default=[])\n", Severity.INFO),
        (
            "import attr\nclass N:\n    a = attr.ib(default={})\n    def add(self):\n        self.a[1] = 2\n",
            Severity.WARNING,
        ),
        (
            "from django.db.models import JSONField\nclass Note:\n    tags = JSONField(default={})\n",
            Severity.WARNING,
        ),
        ("boxes = dict.fromkeys('ab', [])\n", Severity.INFO),
        ("boxes = dict.fromkeys('ab', [])\ndef add(k):\n    boxes[k].append(1)\n", Severity.WARNING),
    ],
)
def test_what_nothing_is_seen_to_change_is_only_told(
    settings: CheckSettings, source: str, severity: Severity
) -> None:
    found = check_source("app/models.py", source.encode(), settings._replace(rules=(RULE,)), ProjectFacts())
    assert [finding.severity for finding in found.findings] == [severity]
