"""What was measured for a line that a plan's report structure asks for, found by the words of its label."""

from collections.abc import Callable
from typing import Any, Final

from cellwall.migrate.terms import Terms
from cellwall.migrate.views.document import Line, verdict_word
from cellwall.migrate.views.plain_text import duration
from cellwall.project.number_of import number_of

NOT_MEASURED: Final = "not measured"
Data = dict[str, Any]


def measured_line(label: str, data: Data) -> Line:
    """Give the line with its measured value; "not measured" where the label is not understood."""
    for terms, value in ASKED:
        if terms.cover(label):
            return value(label, data)
    return Line(label, NOT_MEASURED)


def _files_updated(label: str, data: Data) -> Line:
    new = f", and {number_of(data['files_added'], 'new file')}" if data["files_added"] else ""
    would = f" (dry run: {data['files_proposed']:,} would be)" if data["dry_run"] else ""
    scripts = (
        f" ({number_of(data['scripts_updated'], 'script')} among them)" if data["scripts_updated"] else ""
    )
    return Line(
        label, f"{data['files_updated']:,} of {data['files_in_scope']:,} in scope{scripts}{new}{would}"
    )


def _patterns(label: str, data: Data) -> Line:
    each = ", ".join(f"{name} ({times:,} times)" for name, times in data["patterns"].items())
    return Line(label, number_of(data["patterns_applied"], "pattern") + (f": {each}" if each else ""))


def _removed(label: str, data: Data) -> Line:
    would = f" (dry run: {data['sites_proposed']:,} would be)" if data["dry_run"] else ""
    return Line(label, number_of(data["anti_patterns_removed"], "instance") + would)


def _new_tests(label: str, data: Data) -> Line:
    if data["new_isolation_tests"] is None:
        return Line(label, NOT_MEASURED)
    others = len(data["tests"]["new"]) - data["new_isolation_tests"]
    rest = f", {number_of(others, 'other new test')}" if others else ""
    return Line(label, number_of(data["new_isolation_tests"], "isolation test") + rest)


def _coverage(label: str, data: Data) -> Line:
    before, after = (_percent(data["coverage"][when]) for when in ("before", "after"))
    return Line(label, NOT_MEASURED if before == after == NOT_MEASURED else f"{before} → {after}")


def _percent(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.1f}%"


def _findings(label: str, data: Data) -> Line:
    before, after = (data[f"findings_{when}"] for when in ("before", "after"))
    if before is None and after is None:
        return Line(label, NOT_MEASURED)
    return Line(label, " → ".join(NOT_MEASURED if n is None else f"{n:,}" for n in (before, after)))


def _pass_rate(label: str, data: Data) -> Line:
    counts = data["tests"]["after"]
    if not counts:
        return Line(label, NOT_MEASURED)
    return Line(label, ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(counts.items())))


def _duration(label: str, data: Data) -> Line:
    return Line(label, duration(data["wall_seconds"]))


def _validation(name: str) -> Callable[[str, Data], Line]:
    def line(label: str, data: Data) -> Line:
        judgement = data["isolation_validation"][name]
        met: bool | None = judgement["met"]
        return Line(label, f"{verdict_word(met)} ({judgement['evidence']})", met)

    return line


ASKED: Final = (
    (
        Terms((("anti pattern", "bad pattern", "old pattern", "violation"), ("remov", "repair", "fix"))),
        _removed,
    ),
    (Terms((("pattern",), ("appl", "use", "introduc"))), _patterns),
    (Terms((("new", "added"), ("test",))), _new_tests),
    (Terms((("coverage",),)), _coverage),
    (Terms((("file",), ("updat", "chang", "migrat", "total"))), _files_updated),
    (
        Terms((("concurren", "parallel", "multi user", "several user", "at once"),)),
        _validation("concurrent_user_tests"),
    ),
    (Terms((("websocket", "web socket", "socket"),)), _validation("websocket")),
    (Terms((("database", "session"),)), _validation("database")),
    (Terms((("tool", "dispatcher"),)), _validation("tool")),
    (Terms((("violation", "finding"),)), _findings),
    (Terms((("test", "suite"), ("pass", "green", "result", "outcome"))), _pass_rate),
    (Terms((("duration", "took", "wall", "elapsed", "time"),)), _duration),
)
