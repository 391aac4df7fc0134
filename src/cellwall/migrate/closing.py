"""The end of a run: what the checker finds now, the whole suite, the plan's validation commands."""

import asyncio

from cellwall.check.project_facts import collect_facts
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate import events as e
from cellwall.migrate.commands import handle_commands
from cellwall.migrate.pattern_sets import check_settings
from cellwall.migrate.run import Run
from cellwall.migrate.scope import measure
from cellwall.migrate.suite import measure_suite
from cellwall.migrate.two_user_tests import two_user_figures


async def close(run: Run) -> None:
    """Measure what the branch holds now; each measurement is recorded once, so a resumed run goes on."""
    state = run.record.state
    if state.findings_after is None:
        run.record.add(await asyncio.to_thread(_measured, run))
    if run.options.validate_after_update:
        await measure_suite(run, "after", run.tip)
        await handle_commands(run)


def _measured(run: Run) -> e.FindingsMeasured:
    workspace = run.workspace("findings", run.tip)
    settings = check_settings(run.project, run.options.pattern)
    facts = collect_facts(DirectorySourceTree(workspace), settings)
    found = measure(workspace, run.scope.files, settings, facts, run.project.roles)
    modules = [path for path in run.scope.test_modules if (workspace / path).is_file()]
    return e.FindingsMeasured(
        findings=found.findings,
        unparseable=found.unparseable,
        files_with_context=found.files_with_context,
        wants_context=found.wants_context,
        two_users=two_user_figures((path, (workspace / path).read_bytes()) for path in modules),
        rules=list(settings.rules),
    )
