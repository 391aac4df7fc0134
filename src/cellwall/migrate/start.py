"""Starts a run, fresh or resumed: what must hold first, and what is recorded at once."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cellwall.migrate import events as e
from cellwall.migrate.errors import MigrateError, RepositoryError, RunUsageError
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.stale_locks import remove_stale_ref_lock
from cellwall.migrate.journal import Journal
from cellwall.migrate.merging import recover
from cellwall.migrate.opening import Opening, Surroundings, locked
from cellwall.migrate.options import RunOptions
from cellwall.migrate.pattern_sets import check_settings
from cellwall.migrate.plan.parse import read_plan
from cellwall.migrate.recorded_start import recorded_start, same_plan, same_project
from cellwall.migrate.run import Run
from cellwall.migrate.run_directory import RunDirectory, latest_run, new_run_id
from cellwall.migrate.run_started import run_started
from cellwall.migrate.state import Stage
from cellwall.migrate.surveying import plan_work
from cellwall.migrate.workspaces import WorkspaceFarm
from cellwall.project.config import load_project


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
    with locked(repository, run_id, around) as lock:
        repository = Repository(repository.root, inherit=(lock.fd,))
        opening = Opening(repository, project, plan, options, around)
        base = repository.head_commit()
        scope = opening.scope_at(base)
        directory = RunDirectory.create(repository, run_id, base=base, temp_root=Path(tempfile.gettempdir()))
        keep = False
        try:
            with opening.open(scope, directory, Journal.create(directory.journal)) as run:
                run.record.add(run_started(run))
                plan_work(run)
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
    with locked(repository, run_id, around) as lock:
        repository = Repository(repository.root, inherit=(lock.fd,))
        directory = RunDirectory.open(repository, run_id)
        WorkspaceFarm(repository, directory).recover()  # a finished run, too, may have been killed at its end
        started = recorded_start(directory)
        options = RunOptions.from_body(started.options)
        project = same_project(started, repository.root)
        opening = Opening(repository, project, same_plan(started), options, around)
        scope = opening.scope_at(started.base)
        with opening.open(scope, directory, Journal.open(directory.journal)) as run:
            if run.record.state.surveyed is None:
                plan_work(run)
            run.record.add(e.RunResumed(recover(run)))
            _lease_again(run)
            yield run


def forget(repository: Repository, directory: RunDirectory) -> None:
    """Remove what a run that never began, or a dry run, wrote below the git folder; needs the run lock."""
    shutil.rmtree(directory.path, ignore_errors=True)
    with contextlib.suppress(MigrateError):
        remove_stale_ref_lock(repository, directory.ref)  # of a git that was killed while it made the branch
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


def _lease_again(run: Run) -> None:
    """Leases of a dead coordinator are void: give passed batches new ones, so that they can be merged."""
    for batch in run.record.state.batches.values():
        if batch.stage is Stage.PASSED:
            now, seconds = run.record.clock(), run.options.lease_seconds
            lease = run.leases.grant(batch.id, batch.paths, now=now, seconds=seconds)
            token, expires = getattr(lease, "token", 0), lease.expires
            run.record.add(e.LeaseGranted(batch.id, token, len(batch.paths), expires))
