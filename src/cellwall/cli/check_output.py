"""Writes the report of `cellwall check`, and gives the exit code."""

from pathlib import Path

import click

from cellwall.check.output.formats import FOR_PEOPLE, output_format
from cellwall.check.output.sources import Sources
from cellwall.check.output.summary_lines import statistics_json, statistics_lines
from cellwall.check.repairs import Show
from cellwall.check.report import CheckReport
from cellwall.cli.check_options import CheckOptions
from cellwall.cli.check_terminal import terminal_of
from cellwall.project.durable_write import replace_durably


class OutputError(ValueError):
    """The report could not be written; the text says why."""


def write_report(
    options: CheckOptions, report: CheckReport, sources: Sources, *, to_stderr: bool = False
) -> None:
    """Write the report to its file, to standard output, or to standard error where that is taken.

    Raises:
        OutputError: the file cannot be written.
    """
    to_stderr = to_stderr or (options.diff and options.form in FOR_PEOPLE)
    if options.output_file is not None:
        _write(options.output_file, _text(options, report, sources))
        return
    terminal = terminal_of(to_stderr=to_stderr)
    text = _text(options, report, sources._replace(terminal=terminal))
    click.echo(text, err=to_stderr, nl=bool(text), color=terminal.colour)


def _text(options: CheckOptions, report: CheckReport, sources: Sources) -> str:
    if options.statistics:
        as_json = options.form == "json"
        return "\n".join(statistics_json(report) if as_json else statistics_lines(report))
    return "\n".join(output_format(options.form)(report, sources))


def _write(path: Path, text: str) -> None:
    """Replace a file whole; what is no regular file (a pipe, a device) is written to."""
    content = f"{text}\n".encode("utf-8", "surrogateescape") if text else b""
    place = path.resolve()  # a link's target is replaced, not the link
    try:
        if place.exists() and not place.is_file():
            with place.open("wb") as stream:
                stream.write(content)
        else:
            replace_durably(place, content, suffix=".cellwall")
    except OSError as error:
        raise OutputError(f"--output-file {path}: cannot be written ({error.strerror or error})") from error


def diff_shower(options: CheckOptions) -> Show:
    """Give what shows a change as a diff: on standard output, or beside it where a program reads that."""
    from cellwall.check.output.diff import diff_lines  # few checks show one, and start faster

    beside = options.form not in FOR_PEOPLE

    def show(path: str, before: bytes, after: bytes) -> None:
        for line in diff_lines(path, before, after):
            click.echo(line, nl=False, err=beside)

    return show


def exit_code(options: CheckOptions, report: CheckReport, *, strict: bool) -> int:
    """Give 2 where a rule failed, 1 where something fails the check, else 0."""
    if report.failures:
        return 2
    return 1 if report.fails(strict=strict) and not options.exit_zero else 0
