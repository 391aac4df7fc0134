"""The start of a run's work: what the base holds, cut into batches, recorded in one event."""

from collections.abc import Sequence

from cellwall.migrate import events as e
from cellwall.migrate.batch import Batch
from cellwall.migrate.batching import SHARED_AGENT, plan_batches
from cellwall.migrate.facts_file import collect_project_facts, keep_facts
from cellwall.migrate.git.safe_path import why_unsafe
from cellwall.migrate.languages import is_python
from cellwall.migrate.new_tests.planning import PlannedTests, plan_new_tests
from cellwall.migrate.pattern_sets import check_settings
from cellwall.migrate.run import Run
from cellwall.migrate.scope import is_shared, measure
from cellwall.migrate.script_notes import script_notes


def plan_work(run: Run) -> None:
    """Measure the base, cut the batches, record both in one event, and make the branch."""
    settings = check_settings(run.project, run.options.pattern)
    workspace = run.workspace("survey", run.base)
    for path in run.farm.left_out("survey"):
        if reason := why_unsafe(path):
            run.record.add(e.Warned(f"{path} is left alone, for its name is unsafe: {reason}"))
    for note in script_notes(run.plan, run.scope):
        run.record.add(e.Warned(note))
    facts = collect_project_facts(run, workspace)
    keep_facts(run, facts)
    measured = measure(workspace, run.scope.files, settings, facts, run.project.roles)
    size = run.options.batch_size
    new = _new_tests(run)
    batches = plan_batches(
        run.scope.owned, measured.concerned, is_shared=is_shared, size=size, writes=new.writes
    )
    found = run.scope.survey
    owners = {path: agent for agent, paths in run.scope.owned.items() for path in paths}
    run.record.add(
        e.Surveyed(
            files_in_scope=len(run.scope.files),
            application_files=sum(len(paths) for paths in found.application.values()),
            overlaps=[{"path": o.path, "agents": list(o.agents), "owner": o.owner} for o in found.overlaps],
            orphans=list(found.orphans),
            empty_globs=[{"agent": n, "glob": glob, "line": line} for n, glob, line in found.empty_globs],
            unparseable=[{**row, "agent": owners[row["path"]]} for row in measured.unparseable],
            findings=measured.findings,
            test_files=len(run.scope.test_modules) + len(run.scope.test_scripts),
            files_with_context=measured.files_with_context,
            wants_context=measured.wants_context,
            impossible=[{"agent": n, "capability": c, "reason": why} for n, c, why in new.impossible],
            present=[{"agent": n, "capability": c, "path": path} for n, c, path in new.present],
            shared_owners=_shared_owners(run, batches),
            batches=[
                {"batch": b.id, "agent": b.agent, "paths": list(b.paths), "writes": dict(b.writes)}
                for b in batches
            ],
        )
    )
    if not run.options.dry_run and run.repository.resolve(run.directory.ref) is None:
        run.repository.create_ref(run.directory.ref, run.base)


def _new_tests(run: Run) -> PlannedTests:
    owned = run.scope.owned.items()
    modules = {
        number: [path for path in paths if is_python(path) and not is_shared(path)] for number, paths in owned
    }
    return plan_new_tests(run.plan, run.project, modules, run.scope.tracked)


def _shared_owners(run: Run, batches: Sequence[Batch]) -> dict[str, int]:
    shared = {path for batch in batches if batch.agent == SHARED_AGENT for path in batch.paths}
    return {path: agent for agent, paths in run.scope.owned.items() for path in paths if path in shared}
