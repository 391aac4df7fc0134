"""The page `docs/check-benchmarks.md`, made from what one run of `benchmarks.check` measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

from benchmarks.ratio import Row

_PAGE = Template("""# What a check costs

```
$command
```

runs every tool in turns over the same files, each in a fresh process, compares medians of CPU seconds
(children counted), and writes this page. Tools that would take minutes see a part of the files and are taken
up to the whole by bytes, their start taken out. All look into tests too, which semgrep has to be told. ruff
has no cache on a cold run; on a warm one it has one, and keeps in it only files without findings. Memory is
what all processes of a check have together at its peak, a page that they share counted once. The times of a
loaded machine are long; the ratios count.

Measured on $files Python files, $megabytes MB, $rounds rounds, with $versions.
The time that a linter in Python takes depends on how its interpreter was built (a build with profiles, PGO,
is faster; how long it takes to parse tells it), ruff's does not: Cellwall and its peers in
Python are compared on the same kind.
$sections""")
_SECTION = Template("""
## $built

| tool | CPU s | x ruff cold |
|---|---|---|
$tools

| limit | measured | |
|---|---|---|
$limits

Where a cold check's time goes, in one process, in parts of the time that CPython takes to parse all files
($unit s for every fourth file):

| part | of the time to parse all |
|---|---|
$parts
""")
_UNIT = "CPython parses all files"


@dataclass(frozen=True, slots=True)
class Section:
    """What was measured on one interpreter: CPU seconds by tool, limits, and seconds of a check's parts."""

    built: str
    seconds: Mapping[str, float]
    rows: Sequence[Row]
    parts: Mapping[str, float]


def page(command: str, subject: Mapping[str, str], sections: Sequence[Section]) -> str:
    """Give the page; `subject` says what was measured: files, megabytes, rounds, versions."""
    return _PAGE.substitute(subject, command=command, sections="".join(map(_section, sections)))


def _section(section: Section) -> str:
    ruff = section.seconds.get("ruff cold")
    tools = [
        f"| {name} | {took:.2f} | {took / ruff:.1f} |" if ruff else f"| {name} | {took:.2f} | |"
        for name, took in section.seconds.items()
    ]
    unit = section.parts[_UNIT]
    others = {name: took for name, took in section.parts.items() if name != _UNIT}
    return _SECTION.substitute(
        built=section.built,
        tools="\n".join(tools),
        limits="\n".join(map(_limit, section.rows)),
        unit=f"{unit:.1f}",
        parts="\n".join(f"| {name} | {took / unit:.2f} |" for name, took in others.items()),
    )


def _limit(row: Row) -> str:
    if not row.measured:
        return f"| {row.name} | | not measured: {row.note} |"
    return f"| {row.name}: {row.limit} {row.unit} | {row.value:.2f} | {'met' if row.met else 'missed'} |"
