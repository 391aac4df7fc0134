"""`cellwall check --stdin-filename PATH`: checks the text that comes on standard input, for editors."""

import sys

from cellwall.check.baseline import compare
from cellwall.check.cached_check import CachedCheck
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.engine import check_source
from cellwall.check.finding import Finding
from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport
from cellwall.check.wanted_files import absolute, inside, is_left_out
from cellwall.cli.check_options import CheckOptions
from cellwall.cli.check_output import diff_shower, exit_code, write_report
from cellwall.cli.check_prepare import Prepared


def check_stdin(options: CheckOptions, prepared: Prepared) -> int:
    """Check standard input as if it were the named file; with --fix its repaired text is written out.

    Raises:
        ValueError: no name is given, or it lies outside of the repository.
    """
    if options.stdin_filename is None:
        raise ValueError("- needs --stdin-filename PATH, which says what the text would be called")
    path = inside(absolute(options.stdin_filename), prepared.root, must_exist=False)
    source = sys.stdin.buffer.read()
    if options.force_exclude and is_left_out(path, prepared.tree, prepared.project):
        if options.fix and not options.diff:
            sys.stdout.buffer.write(source)
        write_report(
            options, CheckReport(0), Sources(lambda _: source, ProjectFacts()), to_stderr=options.fix
        )
        return 0
    check = CachedCheck(prepared.tree, prepared.settings, prepared.cache)
    check.save()
    found = check_source(path, source, prepared.settings, check.project)
    findings, repaired = found.findings, tuple[Finding, ...]()
    if options.fix or options.diff:
        from cellwall.check.fixer import fix_source  # most checks repair nothing, and start faster

        settings = prepared.settings.of(path)
        result = fix_source(path, source, settings, check.project, unsafe=options.unsafe_fixes)
        if options.diff:
            diff_shower(options)(path, source, result.source)
        else:
            sys.stdout.buffer.write(result.source)
            findings, repaired = result.remaining, result.repaired
    broken = ((path, found.parse_error),) if found.parse_error is not None else ()
    compared = compare(findings, prepared.accepted)
    failures = (*check.project.failures, *found.failures)
    report = CheckReport(1, compared.new, repaired, broken, (), failures, compared.accepted)
    write_report(options, report, Sources(lambda _: source, check.project), to_stderr=options.fix)
    return exit_code(options, report, strict=prepared.settings.strict)
