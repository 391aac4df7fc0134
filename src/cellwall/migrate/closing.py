"""The end of a run: what the checker and the branch's tests say now, the suite, benchmark and commands."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from cellwall.migrate import events as e
from cellwall.migrate.benchmark import measure_benchmark
from cellwall.migrate.commands import handle_commands
from cellwall.migrate.context_use import user_makers
from cellwall.migrate.facts_file import collect_project_facts
from cellwall.migrate.figures import changed_paths
from cellwall.migrate.pattern_sets import check_settings
from cellwall.migrate.run import Run
from cellwall.migrate.scope import is_shared, measure
from cellwall.migrate.side_by_side import side_by_side
from cellwall.migrate.stated_tests import NAMED, stated_tests
from cellwall.migrate.suite import measure_suite
from cellwall.migrate.two_user_tests import two_user_figures
from cellwall.migrate.user_tests import bare_modules, entry_roles, user_tests


async def close(run: Run) -> None:
    """Measure what the branch holds now; each measurement is recorded once, so a resumed run goes on."""
    await side_by_side(_findings(run), _suite_after(run))
    if run.options.validate_after_update:
        await measure_benchmark(run)  # alone, for it measures time
        await handle_commands(run)


async def _findings(run: Run) -> None:
    if run.record.state.findings_after is None:
        run.record.add(await asyncio.to_thread(_measured, run))


async def _suite_after(run: Run) -> None:
    if run.options.validate_after_update:
        await measure_suite(run, "after", run.tip)


def _measured(run: Run) -> e.FindingsMeasured:
    workspace = run.workspace("findings", run.tip)
    settings = check_settings(run.project, run.options.pattern)
    facts = collect_project_facts(run, workspace)
    added = sorted(changed_paths(run.record.state) - set(run.scope.tracked))
    files = [path for path in (*run.scope.files, *added) if (workspace / path).is_file()]
    found = measure(workspace, files, settings, facts, run.project.roles)
    old = [path for path in run.scope.test_modules if (workspace / path).is_file()]
    modules = [(path, (workspace / path).read_bytes()) for path in old]
    stated = stated_tests(_touched(run, workspace), settings, facts)
    return e.FindingsMeasured(
        findings=found.findings,
        unparseable=found.unparseable,
        files_with_context=found.files_with_context,
        wants_context=found.wants_context,
        two_users=two_user_figures(modules, run.project.critical, user_makers(run.project.roles)),
        rules=list(settings.rules),
        bare=bare_modules(modules, run.scope, run.project),
        user_tests=user_tests(run.record.state, lambda path: (workspace / path).read_bytes(), run.project),
        entry_roles=entry_roles(run.project),
        statements=stated.counts,
        unstated=stated.without[:NAMED],
        silent=stated.silent[:NAMED],
        no_role=stated.no_role[:NAMED],
        suppressed=found.suppressed,
    )


def _touched(run: Run, workspace: Path) -> Iterator[tuple[str, bytes | None, bytes]]:
    """Give (path, source before or None, source now) of the test modules that merged batches changed."""
    paths = [path for path in sorted(changed_paths(run.record.state)) if not is_shared(path)]
    entries = {entry.path: entry for entry in run.repository.tracked_files(run.base)}
    old = [path for path in paths if path in entries]
    before = dict(zip(old, run.repository.read_blobs([entries[path] for path in old]), strict=True))
    for path in paths:
        if (workspace / path).is_file():
            yield path, before.get(path), (workspace / path).read_bytes()
