"""Opens a run, fresh or resumed: lock, run directory, survey and batches. What follows is not here."""

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cellwall import __version__
from cellwall.check.project_facts import collect_facts
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate import events as e
from cellwall.migrate.batching import plan_batches
from cellwall.migrate.capabilities.registry import match_task
from cellwall.migrate.errors import MigrateError, RepositoryError, RunUsageError
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.git.objects import EXECUTABLE, FILE
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.safe_path import why_unsafe
from cellwall.migrate.journal import Journal
from cellwall.migrate.leases import LeaseTable
from cellwall.migrate.merging import recover
from cellwall.migrate.options import RunOptions
from cellwall.migrate.pattern_sets import check_settings
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import read_plan
from cellwall.migrate.project_survey import survey_project
from cellwall.migrate.record import Record, ignore_window
from cellwall.migrate.recorded_start import recorded_start, same_plan, same_project
from cellwall.migrate.run import Run
from cellwall.migrate.run_directory import RunDirectory, latest_run, lock_path, new_run_id
from cellwall.migrate.run_lock import RunLock
from cellwall.migrate.scope import Scope, is_shared, measure
from cellwall.migrate.state import Stage
from cellwall.migrate.workspaces import WorkspaceFarm
from cellwall.project.config import ProjectConfig, load_project
from cellwall.project.config_record import config_to_record
from cellwall.project.local_environment import make_environment
from cellwall.project.own_folder import remove_leftovers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run takes from outside, as arguments: time, randomness, and what the kill tests put in."""

    clock: Callable[[], float]
    randomness: bytes
    agent_module: str = "cellwall.migrate.agent_process"
    window: Callable[[str], None] = ignore_window


@contextmanager
def fresh_run(plan_path: Path, repo: Path, options: RunOptions, around: Surroundings) -> Iterator[Run]:
    """Open a new run: check that it can start, survey, plan the batches, make the branch.

    Raises:
        PlanError, RepositoryError, RunUsageError, ConfigError: it cannot start; nothing is left behind.
    """
    plan = read_plan(plan_path)
    repository = Repository.discover(repo)
    project = load_project(repository.root)
    check_settings(project, options.pattern)
    _refuse_dirty(repository, options)
    run_id = new_run_id(around.clock(), around.randomness)
    with _locked(repository, run_id, around) as lock:
        repository = Repository(repository.root, inherit=(lock.fd,))
        base = repository.head_commit()
        scope = _scope(repository, base, plan, project, options)
        directory = RunDirectory.create(repository, run_id, base=base, temp_root=Path(tempfile.gettempdir()))
        keep = False
        try:
            with _run(
                repository=repository,
                project=project,
                plan=plan,
                options=options,
                scope=scope,
                directory=directory,
                journal=Journal.create(directory.journal),
                around=around,
            ) as run:
                run.record.add(_started(run))
                _plan_work(run)
                keep = not options.dry_run
                yield run
        finally:
            if not keep:
                forget(repository, directory)


@contextmanager
def resumed_run(repo: Path, run_id: str | None, around: Surroundings) -> Iterator[Run]:
    """Open a run that was stopped or killed, where its journal and git's ref left it.

    Raises:
        RunUsageError: there is no such run, it is finished, or it was a dry run.
        PlanError: the plan's file is not what the run started with.
        RepositoryError: the run's branch is not as the run left it.
    """
    repository = Repository.discover(repo)
    run_id = run_id or latest_run(repository)
    if run_id is None:
        raise RunUsageError(f"{repository.root} has no run to resume; start one with `cellwall run PLAN.md`")
    with _locked(repository, run_id, around) as lock:
        repository = Repository(repository.root, inherit=(lock.fd,))
        directory = RunDirectory.open(repository, run_id)
        started = recorded_start(directory)
        plan = same_plan(started)
        project = same_project(started, repository.root)
        options = RunOptions.from_body(started.options)
        scope = _scope(repository, started.base, plan, project, options)
        with _run(
            repository=repository,
            project=project,
            plan=plan,
            options=options,
            scope=scope,
            directory=directory,
            journal=Journal.open(directory.journal),
            around=around,
        ) as run:
            run.farm.recover()
            if run.record.state.surveyed is None:
                _plan_work(run)
            run.record.add(e.RunResumed(recover(run)))
            _lease_again(run)
            yield run


def forget(repository: Repository, directory: RunDirectory) -> None:
    """Remove what a run that never began, or a dry run, wrote below the git folder."""
    shutil.rmtree(directory.path, ignore_errors=True)
    with contextlib.suppress(MigrateError):
        if repository.resolve(directory.ref) == directory.base:
            repository.delete_ref(directory.ref, directory.base)


def _refuse_dirty(repository: Repository, options: RunOptions) -> None:
    if options.allow_dirty or not (changed := repository.changed_files()):
        return
    more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    raise RepositoryError(
        f"the working tree has changes that are not committed ({changed[0]}{more}); commit or stash them, "
        "or add --allow-dirty to start from the last commit without them"
    )


@contextmanager
def _locked(repository: Repository, run_id: str, around: Surroundings) -> Iterator[RunLock]:
    path = lock_path(repository)
    host = socket.gethostname()
    lock = RunLock.acquire(path, run_id=run_id, pid=os.getpid(), host=host, started=around.clock())
    try:
        yield lock
    finally:
        lock.release(remove=True)


def _scope(
    repository: Repository, base: str, plan: Plan, project: ProjectConfig, options: RunOptions
) -> Scope:
    files = [t.path for t in repository.tracked_files(base) if t.mode in (FILE, EXECUTABLE)]
    tracked = tuple(path for path in files if not why_unsafe(path))
    found = survey_project(plan, project, tracked)
    owned = dict(found.owned)
    if options.include_app:
        owned = {n: tuple(sorted({*paths, *found.application.get(n, ())})) for n, paths in owned.items()}
    return Scope(found, owned, tracked)


@contextmanager
def _run(
    *,
    repository: Repository,
    project: ProjectConfig,
    plan: Plan,
    options: RunOptions,
    scope: Scope,
    directory: RunDirectory,
    journal: Journal,
    around: Surroundings,
) -> Iterator[Run]:
    with ExitStack() as stack:
        stack.callback(journal.close)
        leases = LeaseTable(lock_path(repository), directory.run_id)
        stack.callback(leases.close)
        farm = WorkspaceFarm(repository, directory)
        stack.callback(remove_leftovers)  # the folders of judges that had to be killed
        stack.callback(farm.remove_all)
        base = directory.base
        record = Record(journal, around.clock, around.window)
        yield Run(
            repository=repository,
            project=project,
            plan=plan,
            options=options,
            scope=scope,
            directory=directory,
            record=record,
            leases=leases,
            farm=farm,
            base=base,
            shared_base=base,
            tip=base,
            agent_module=around.agent_module,
            window=around.window,
        )


def _started(run: Run) -> e.RunStarted:
    plan = run.plan
    return e.RunStarted(
        run_id=run.id,
        plan_path=str(Path(plan.path).resolve()),
        plan_digest=plan.digest,
        base=run.base,
        branch=run.directory.branch,
        options=run.options.body(),
        version=__version__,
        agents=[
            {"number": agent.number, "name": agent.name, "files": len(run.scope.owned.get(agent.number, ()))}
            for agent in plan.agents
        ],
        plan=_for_report(plan, run.repository.root),
        walls=list(make_environment(run.project).walls),
        user_tree=fingerprint(run.repository),
        project=config_to_record(run.project),
    )


def _for_report(plan: Plan, root: Path) -> dict[str, Any]:
    """Give what criteria and report need of the plan, with its path as typed in the repository."""
    path = Path(plan.path).resolve()
    tasks = [
        {"agent": agent.number, "text": task.text, "line": task.line, "capability": _capability(task.text)}
        for agent in plan.agents
        for task in agent.tasks
    ]
    return {
        "path": str(path.relative_to(root) if path.is_relative_to(root) else path),
        "title": plan.title,
        "criteria": [asdict(item) for item in plan.success_criteria],
        "metrics": [asdict(item) for item in plan.success_metrics],
        "report_structure": [asdict(item) for item in plan.report_structure],
        "dashboard": [asdict(item) for item in plan.dashboard],
        "tasks": tasks,
    }


def _capability(task: str) -> str:
    found = match_task(task)
    return found.capability.name if found else ""


def _plan_work(run: Run) -> None:
    """Measure the base, cut the batches, record both in one event, and make the branch."""
    settings = check_settings(run.project, run.options.pattern)
    workspace = run.workspace("survey", run.base)
    for path in run.farm.left_out("survey"):
        if reason := why_unsafe(path):
            run.record.add(e.Warned(f"{path} is left alone, for its name is unsafe: {reason}"))
    facts = collect_facts(DirectorySourceTree(workspace), settings)
    measured = measure(workspace, run.scope.files, settings, facts, run.project.roles)
    size = run.options.batch_size
    batches = plan_batches(run.scope.owned, measured.concerned, is_shared=is_shared, size=size)
    found = run.scope.survey
    run.record.add(
        e.Surveyed(
            files_in_scope=len(run.scope.files),
            application_files=sum(len(paths) for paths in found.application.values()),
            overlaps=[{"path": o.path, "agents": list(o.agents), "owner": o.owner} for o in found.overlaps],
            orphans=list(found.orphans),
            empty_globs=[{"agent": n, "glob": glob, "line": line} for n, glob, line in found.empty_globs],
            unparseable=measured.unparseable,
            findings=measured.findings,
            test_files=len(run.scope.test_modules),
            files_with_context=measured.files_with_context,
            wants_context=measured.wants_context,
            batches=[{"batch": b.id, "agent": b.agent, "paths": list(b.paths)} for b in batches],
        )
    )
    if not run.options.dry_run and run.repository.resolve(run.directory.ref) is None:
        run.repository.create_ref(run.directory.ref, run.base)


def _lease_again(run: Run) -> None:
    """Leases of a dead coordinator are void: give passed batches new ones, so that they can be merged."""
    for batch in run.record.state.batches.values():
        if batch.stage is Stage.PASSED:
            now, seconds = run.record.clock(), run.options.lease_seconds
            lease = run.leases.grant(batch.id, batch.paths, now=now, seconds=seconds)
            token, expires = getattr(lease, "token", 0), lease.expires
            run.record.add(e.LeaseGranted(batch.id, token, len(batch.paths), expires))
