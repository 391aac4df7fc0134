"""`cellwall check --stdin-filename PATH`: checks the text that comes on standard input, for editors."""

import sys

from cellwall.check.baseline import compare
from cellwall.check.cached_check import CachedCheck
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.finding import Finding
from cellwall.check.output.sources import Sources
from cellwall.check.repairs import Repairs
from cellwall.check.report import CheckReport
from cellwall.check.source_tree import MappingSourceTree
from cellwall.check.wanted_files import absolute, inside, is_left_out
from cellwall.check.worker_pool import Checking, check_files
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
    tree = MappingSourceTree({path: source})
    found = next(check_files(Checking(tree, prepared.settings, check.project), [path]))
    findings, repaired = found.findings, tuple[Finding, ...]()
    repairs = Repairs(prepared.root, tree, prepared.settings, check.project, unsafe=options.unsafe_fixes)
    if options.fix or options.diff:
        made = repairs.fixed(found)
        text = source if made is None else made[1].source
        if options.diff:
            diff_shower(options)(path, source, text)
        else:
            sys.stdout.buffer.write(text)
            if made is not None:
                findings, repaired = made[1].remaining, made[1].repaired
    broken = ((path, found.parse_error),) if found.parse_error is not None else ()
    compared = compare(findings, prepared.accepted)
    failures = (*check.project.failures, *found.failures, *repairs.failures)
    report = CheckReport(
        1, compared.new, repaired, broken, tuple(repairs.not_written), failures, compared.accepted
    )
    write_report(options, report, Sources(lambda _: source, check.project), to_stderr=options.fix)
    return exit_code(options, report, strict=prepared.settings.strict)
