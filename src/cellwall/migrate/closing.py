"""The end of a run: what the checker finds now, the whole suite, the plan's validation commands."""

import asyncio

from cellwall.check.project_facts import collect_facts
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate import events as e
from cellwall.migrate.commands import handle_commands
from cellwall.migrate.pattern_sets import check_settings
from cellwall.migrate.run import Run
from cellwall.migrate.scope import Measured, measure
from cellwall.migrate.suite import measure_suite
from cellwall.migrate.two_user_tests import two_user_figures


async def close(run: Run) -> None:
    """Measure what the branch holds now; each measurement is recorded once, so a resumed run goes on."""
    state = run.record.state
    if state.findings_after is None:
        measured = await asyncio.to_thread(_findings, run)
        run.record.add(
            e.FindingsMeasured(
                findings=measured.findings,
                unparseable=measured.unparseable,
                files_with_context=measured.files_with_context,
                wants_context=measured.wants_context,
                two_users=await asyncio.to_thread(_two_users, run),
                rules=list(check_settings(run.project, run.options.pattern).rules),
            )
        )
    if run.options.validate_after_update:
        await measure_suite(run, "after", run.tip)
        await handle_commands(run)


def _two_users(run: Run) -> dict[str, dict[str, int]]:
    workspace = run.workspace("findings", run.tip)
    modules = [path for path in run.scope.test_modules if (workspace / path).is_file()]
    return two_user_figures((path, (workspace / path).read_bytes()) for path in modules)


def _findings(run: Run) -> Measured:
    workspace = run.workspace("findings", run.tip)
    settings = check_settings(run.project, run.options.pattern)
    facts = collect_facts(DirectorySourceTree(workspace), settings)
    return measure(workspace, run.scope.files, settings, facts, run.project.roles)
