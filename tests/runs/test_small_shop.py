"""A plan with five agents, other folders and the shop's own names runs end to end."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from cellwall.check.project_facts import collect_facts
from cellwall.migrate.options import RunOptions
from cellwall.migrate.state import Stage
from cellwall.migrate.views.report_data import report_data

WHOLE = RunOptions(agents=3, lease_seconds=60)


def test_the_whole_plan(shop: Any) -> None:
    state = shop.run(WHOLE)
    branch = state.started.branch
    assert state.finished
    assert not state.stopped
    assert report_data(state)["plan"] == "RENOVATION_PLAN.md"
    assert "helper_factory.make(" in shop.at(branch, "checkout/specs/test_basket.py")
    assert "HelperRegistry.get_helper" not in shop.at(branch, "checkout/specs/test_basket.py")
    assert "SocketPool()" in shop.at(branch, "storefront/specs/test_socket_messages.py")
    assert "desk_for(" in shop.at(branch, "warehouse/specs/test_stock.py")
    assert state.findings_after.findings == {}
    before, after = state.tests["before"], state.tests["after"]
    assert before.counts["passed"] == after.counts["passed"] == 13
    assert (after.regressions, after.lost, after.new) == ([], [], [])
    assert any("maxfail" in option for option in before.overridden)


def test_what_does_not_parse_is_untouched_and_told(ran: Any) -> None:
    shop, state = ran.shop, ran.state
    told = [row["path"] for row in state.surveyed.unparseable]
    assert told == ["accounts/specs/test_broken.py"]
    assert shop.git("diff", "--name-only", "main", state.started.branch, "--", told[0]) == ""


def test_shared_support_is_merged_first_and_is_the_base_of_all(ran: Any) -> None:
    shop, state = ran.shop, ran.state
    commits = shop.git(
        "log",
        "--reverse",
        "--format=%(trailers:key=Cellwall-Item,valueonly)",
        f"main..{state.started.branch}",
    )
    items = [line.rpartition("/")[2] for line in commits.split()]
    assert items[0] == "a00-b000"
    assert items == sorted(items)
    assert "helper_factory" in shop.at(state.started.branch, "warehouse/specs/conftest.py")


def test_a_second_run_edits_nothing(ran: Any, tmp_path: Path) -> None:
    shop = type(ran.shop)(shutil.copytree(ran.shop.root, tmp_path / "again"))
    shop.git("merge", "-q", "--ff-only", ran.state.started.branch)
    second = shop.run()
    assert second.finished.tip == shop.git("rev-parse", "main")
    assert all(not batch.commit for batch in second.batches.values())


@pytest.mark.parametrize("agents", [1, 2, 8])
def test_any_number_of_agents_gives_the_same_tree(shop: Any, ran: Any, agents: int) -> None:
    options = RunOptions(
        agents=agents, validate_continuously=False, validate_after_update=False, batch_size=1
    )
    assert shop.tree(shop.run(options)) == ran.tree


def test_agents_work_at_the_same_time(shop: Any) -> None:
    """One agent may be done before the next is given a busy processor, but not five times running."""
    options = RunOptions(agents=4, validate_continuously=False, validate_after_update=False)
    assert any(_overlap(shop.run(options)) for _ in range(5))


def _overlap(state: Any) -> bool:
    spans = [(b.started_at, b.ended_at, b.agent) for b in state.batches.values() if b.agent]
    return any(
        first[0] < second[1] and second[0] < first[1] and first[2] != second[2]
        for first in spans
        for second in spans
    )


def test_the_users_tree_is_never_touched(shop: Any) -> None:
    shop.write("notes.txt", "not committed, not tracked\n")
    hook = shop.root / ".git/hooks/post-commit"
    hook.write_text("#!/bin/sh\ntouch hook-ran\n")
    hook.chmod(0o755)
    status, branch = shop.git("status", "--porcelain"), shop.git("branch", "--show-current")
    state = shop.run()
    assert state.started.user_tree == state.finished.user_tree
    assert (shop.git("status", "--porcelain"), shop.git("branch", "--show-current")) == (status, branch)
    assert not (shop.root / "hook-ran").exists()
    assert shop.git("worktree", "list", "--porcelain").count("worktree ") == 1
    assert not (shop.root / ".git/cellwall/lock.sqlite3").exists()


def test_a_dry_run_leaves_nothing(shop: Any) -> None:
    refs = shop.git("for-each-ref")
    state = shop.run(RunOptions(dry_run=True))
    assert any(batch.repaired for batch in state.batches.values())
    assert shop.git("for-each-ref") == refs
    assert not list((shop.root / ".git").glob("cellwall/runs/*"))


def test_the_facts_of_a_commit_are_collected_once(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trees: list[str] = []

    def counted(tree: Any, settings: Any) -> Any:
        trees.append(tree)
        return collect_facts(tree, settings)

    monkeypatch.setattr("cellwall.migrate.facts_file.collect_facts", counted)
    state = shop.run()
    assert state.batches["a00-b000"].commit
    assert len(trees) == 3  # the base, batch 0, the end


def test_every_batch_is_merged(ran: Any) -> None:
    assert {batch.stage for batch in ran.state.batches.values()} == {Stage.MERGED}
