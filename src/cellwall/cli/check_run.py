"""One run of `cellwall check`: prepares, checks, repairs or silences, and writes the report."""

from typing import Final

import click

from cellwall.check.baseline import compare, write_baseline
from cellwall.check.cached_check import CachedCheck
from cellwall.check.changed_lines import EVERY_LINE, Ranges, in_lines
from cellwall.check.file_report import FileReport
from cellwall.check.finding import Finding
from cellwall.check.javascript.languages import EXTRA
from cellwall.check.output.printable import printable
from cellwall.check.output.sources import Sources
from cellwall.check.parse import ParseError
from cellwall.check.repairs import Repairs
from cellwall.check.report import CheckReport
from cellwall.cli.check_options import CheckOptions
from cellwall.cli.check_output import diff_shower, exit_code, write_report
from cellwall.cli.check_prepare import Prepared, prepare
from cellwall.project.errors import ProjectError
from cellwall.project.number_of import number_of

_NO_REASON: Final = "accepted when the check was adopted"


def run_check(options: CheckOptions) -> int:
    """Check, write the report to standard output, and give the exit code."""
    try:
        prepared = prepare(options)
        if options.reads_stdin:
            from cellwall.cli.check_stdin import check_stdin

            return check_stdin(options, prepared)
        if prepared.unread:
            click.echo(
                f"{number_of(prepared.unread, 'script is', 'scripts are')} not looked at: that needs {EXTRA}",
                err=True,
            )
        if not prepared.wanted and prepared.changed is None:
            click.echo("nothing to check: no file is there, or all are excluded or ignored", err=True)
        check = CachedCheck(prepared.tree, prepared.settings, prepared.cache)
        report = _checked(options, prepared, check)
        if options.write_baseline and prepared.baseline is not None:
            write_baseline(prepared.baseline, report.active)
            click.echo(f"{prepared.baseline}: {number_of(len(report.active), 'finding')} accepted", err=True)
            return 2 if report.failures else 0
        write_report(options, report, Sources(prepared.tree.read, check.project))
    except (ProjectError, ValueError) as error:
        click.echo(f"cellwall check: {printable(str(error))}", err=True)
        return 2
    return exit_code(options, report, strict=prepared.settings.strict)


def _checked(options: CheckOptions, prepared: Prepared, check: CachedCheck) -> CheckReport:
    repairs = Repairs(
        prepared.root,
        prepared.tree,
        prepared.settings,
        check.project,
        unsafe=options.unsafe_fixes,
        show=diff_shower(options) if options.diff else None,
    )
    findings: list[Finding] = []
    unparseable: list[tuple[str, ParseError]] = [*prepared.obstacles]
    failures: list[str] = [*check.project.failures]
    for report in check.reports(prepared.wanted, workers=options.jobs):
        failures += report.failures
        if report.parse_error is not None:
            unparseable.append((report.path, report.parse_error))
        findings += _treated(options, prepared, repairs, report)
    compared = compare(findings, prepared.accepted)
    whole = not options.paths and prepared.changed is None
    return CheckReport(
        len(prepared.wanted),
        compared.new,
        tuple(repairs.repaired),
        tuple(unparseable),
        tuple(repairs.not_written),
        (*failures, *repairs.failures),
        compared.accepted,
        compared.gone if whole else 0,
    )


def _treated(
    options: CheckOptions, prepared: Prepared, repairs: Repairs, report: FileReport
) -> list[Finding]:
    """Repair or silence what was asked for in one file, and give the findings that are there afterwards."""
    lines: Ranges = EVERY_LINE
    if prepared.changed is not None:
        lines = prepared.changed.get(report.path, ())
        report = report._replace(findings=in_lines(report.findings, prepared.changed))
    if options.fix or options.diff:
        return list(repairs.repair(report, lines))
    if not options.add_suppressions:
        return list(report.findings)
    return list(repairs.silence(report, options.reason or _NO_REASON, lines))
