"""What changed between a stop and `resume`: the branch, the configuration, the run's own files."""

from typing import Any

import pytest

from cellwall.migrate.errors import RepositoryError, RunUsageError
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.options import RunOptions
from cellwall.migrate.run_directory import RunDirectory, latest_run
from cellwall.migrate.workspaces import WorkspaceFarm

FAST = RunOptions(agents=3, validate_continuously=False, validate_after_update=False)


class Cut(BaseException):
    """Ends a run where it stands."""


def cut_at(shop: Any, window: str, nth: int, options: RunOptions = FAST) -> RunDirectory:
    """Run until the window is met for the nth time."""
    seen = 0

    def cut(name: str) -> None:
        nonlocal seen
        seen += name == window
        if (name, seen) == (window, nth):
            raise Cut

    with pytest.raises(BaseException):  # noqa: B017  whatever the cut becomes on its way out
        shop.run(options, window=cut)
    repository = Repository.discover(shop.root)
    run_id = latest_run(repository)
    assert run_id
    return RunDirectory.open(repository, run_id)


def test_a_commit_of_somebody_else_is_not_built_upon(shop: Any) -> None:
    run = cut_at(shop, "ref moved", 2)
    own = shop.git("rev-parse", run.branch)
    tree = shop.git("rev-parse", f"{run.branch}^{{tree}}")
    foreign = shop.git("commit-tree", tree, "-p", own, "-m", "By hand")
    shop.git("update-ref", run.ref, foreign)
    with pytest.raises(RepositoryError, match=rf"{foreign[:12]}.*git branch"):
        shop.resume()
    assert shop.git("rev-parse", run.branch) == foreign
    shop.git("update-ref", run.ref, own)
    assert shop.resume().finished


@pytest.mark.parametrize("how", ["deleted", "moved back"])
def test_merged_work_is_not_lost_in_silence(shop: Any, how: str) -> None:
    run = cut_at(shop, "ref moved", 3)
    own = shop.git("rev-parse", run.branch)
    if how == "deleted":
        shop.git("update-ref", "-d", run.ref)
    else:
        shop.git("update-ref", run.ref, f"{own}~2")
    with pytest.raises(RepositoryError, match=r"git branch -f cellwall/"):
        shop.resume()
    shop.git("update-ref", run.ref, own)
    assert shop.resume().finished


def test_the_configuration_is_the_one_that_the_run_began_with(shop: Any) -> None:
    cut_at(shop, "ref moved", 1)
    text = (shop.root / "pyproject.toml").read_text()
    shop.write("pyproject.toml", text.replace("helper_factory.make(", "helper_factory.other("))
    state = shop.resume()
    assert "helper_factory.make(" in shop.at(state.started.branch, "checkout/specs/test_basket.py")


def test_a_configuration_that_breaks_meanwhile_hurts_nobody(shop: Any) -> None:
    def break_it(name: str) -> None:
        if name == "event appended":
            shop.write("pyproject.toml", "[tool.cellwall\n")

    state = shop.run(FAST, window=break_it)
    assert state.finished
    assert not state.failures
    assert all(batch.commit for batch in state.batches.values())


def test_a_run_killed_after_its_last_event_leaves_nothing(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:  # a kill runs no clean-up
        patched.setattr(WorkspaceFarm, "remove_all", lambda _: ())
        assert shop.run(FAST).finished
    assert shop.git("worktree", "list", "--porcelain").count("worktree ") > 1
    with pytest.raises(RunUsageError, match="is finished"):
        shop.resume()
    assert shop.git("worktree", "list", "--porcelain").count("worktree ") == 1


def test_a_killed_dry_run_makes_no_branch(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:  # a kill runs no clean-up
        patched.setattr("cellwall.migrate.start.forget", lambda *_: None)
        cut_at(shop, "patch written", 1, RunOptions(dry_run=True))
    with pytest.raises(RunUsageError, match="dry run"):
        shop.resume()
    assert shop.git("for-each-ref", "refs/heads/cellwall/") == ""


def test_a_dry_run_that_fails_leaves_nothing(shop: Any) -> None:
    def cut(name: str) -> None:
        if name == "patch written":
            raise Cut

    with pytest.raises(BaseException):  # noqa: B017
        shop.run(RunOptions(dry_run=True), window=cut)
    assert not list((shop.root / ".git").glob("cellwall/runs/*"))


def test_killed_before_the_journal_was_made(shop: Any) -> None:
    repository = Repository.discover(shop.root)
    run_id = "20250902-134501123-3fa9"
    RunDirectory.create(repository, run_id, base=repository.head_commit(), temp_root=shop.root.parent)
    with pytest.raises(RunUsageError, match=f"before it began.*cellwall undo {run_id}"):
        shop.resume()


@pytest.mark.parametrize("nth", [1, 2])
def test_a_start_that_is_broken_off_leaves_nothing(shop: Any, nth: int) -> None:
    seen = 0

    def cut(name: str) -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.run(FAST, window=cut)
    assert not list((shop.root / ".git").glob("cellwall/runs/*"))
    assert not (shop.root / ".git/cellwall/lock.sqlite3").exists()
    assert shop.git("for-each-ref", "refs/heads/cellwall/") == ""
    assert shop.git("worktree", "list", "--porcelain").count("worktree ") == 1
