"""The output formats by name; the file of a format is imported when it is asked for."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final, cast

from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport

Format = Callable[[CheckReport, Sources], Iterator[str]]

FORMATS: Final = ("text", "concise", "json", "jsonl", "github", "gitlab", "junit", "sarif")
FOR_PEOPLE: Final = frozenset({"text", "concise"})


def output_format(name: str) -> Format:
    """Give the function that writes a report in this format, line by line."""
    module = import_module(f"cellwall.check.output.{name}")
    return cast(Format, getattr(module, f"{name}_lines"))
