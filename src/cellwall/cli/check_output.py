"""Writes the report of `cellwall check`, and gives the exit code."""

import click

from cellwall.check.output.diff import diff_lines
from cellwall.check.output.formats import FOR_PEOPLE, output_format
from cellwall.check.output.sources import Sources
from cellwall.check.output.summary_lines import statistics_lines
from cellwall.check.repairs import Show
from cellwall.check.report import CheckReport
from cellwall.cli.check_options import CheckOptions


def write_report(
    options: CheckOptions, report: CheckReport, sources: Sources, *, to_stderr: bool = False
) -> None:
    """Write the report to standard output, or to standard error where that is taken by a diff or a text."""
    people = options.form in FOR_PEOPLE
    if options.statistics and people:
        lines = statistics_lines(report)
    else:
        lines = output_format(options.form)(report, sources)
    text = "\n".join(lines)
    click.echo(text, err=to_stderr or (options.diff and people), nl=bool(text))


def diff_shower(options: CheckOptions) -> Show:
    """Give what shows a change as a diff: on standard output, or beside it where a program reads that."""
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
