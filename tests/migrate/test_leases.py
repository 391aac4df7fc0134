"""No two valid leases on one path, and no stale token passes: by examples, and against a model."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cellwall.migrate.errors import StaleLeaseError, StorageError
from cellwall.migrate.leases import Held, Lease, LeaseTable
from cellwall.migrate.run_lock import RunLock


@pytest.fixture
def table(tmp_path: Path):
    path = tmp_path / "lock.sqlite3"
    lock = RunLock.acquire(path, run_id="run", pid=os.getpid(), host="here", started=0.0)
    leases = LeaseTable(path, "run")
    yield leases
    leases.close()
    lock.release()


def granted(answer: Lease | Held) -> Lease:
    assert isinstance(answer, Lease)
    return answer


def test_a_path_that_is_held_is_refused_with_its_holder(table: LeaseTable) -> None:
    granted(table.grant("one", ["a", "b"], now=0, seconds=10))
    assert table.grant("two", ["c", "b"], now=9, seconds=10) == Held("b", "one", 10)
    assert isinstance(table.grant("two", ["b"], now=9.99, seconds=10), Held)
    granted(table.grant("two", ["c"], now=9, seconds=10))


def test_the_same_batch_must_release_before_it_is_granted_again(table: LeaseTable) -> None:
    first = granted(table.grant("one", ["a"], now=0, seconds=10))
    assert table.grant("one", ["a"], now=1, seconds=10) == Held("a", "one", 10)
    table.release("one", first.token)
    table.release("one", first.token)
    second = granted(table.grant("one", ["a"], now=1, seconds=10))
    assert second.token > first.token
    with pytest.raises(StaleLeaseError):
        table.check("one", ["a"], first.token, 1)


def test_late_but_not_replaced_is_fine(table: LeaseTable) -> None:
    lease = granted(table.grant("one", ["a"], now=0, seconds=10))
    table.check("one", ["a"], lease.token, 1000)
    assert table.renew("one", lease.token, now=1000, seconds=10) == Lease(lease.token, 1010)
    assert isinstance(table.grant("two", ["a"], now=1005, seconds=10), Held)


def test_an_agent_that_was_stopped_and_replaced_has_its_late_patch_refused(table: LeaseTable) -> None:
    stopped = granted(table.grant("one", ["a", "b"], now=0, seconds=10))
    replacing = granted(table.grant("one", ["a", "b"], now=10, seconds=10))
    with pytest.raises(StaleLeaseError, match=r"one comes too late for a: lease 1 is gone.*lease 2"):
        table.check("one", ["a", "b"], stopped.token, 11)
    with pytest.raises(StaleLeaseError, match="void"):
        table.renew("one", stopped.token, now=11, seconds=10)
    table.release("one", stopped.token)  # must not free what the other holds
    table.check("one", ["a", "b"], replacing.token, 11)


def test_who_loses_one_path_loses_all(table: LeaseTable) -> None:
    old = granted(table.grant("one", ["a", "b"], now=0, seconds=10))
    granted(table.grant("two", ["b", "c"], now=20, seconds=10))
    with pytest.raises(StaleLeaseError, match="nobody holds it"):
        table.check("one", ["a"], old.token, 21)
    granted(table.grant("three", ["a"], now=21, seconds=10))


def test_a_lease_covers_only_the_paths_it_was_granted_for(table: LeaseTable) -> None:
    lease = granted(table.grant("one", ["a"], now=0, seconds=10))
    with pytest.raises(StaleLeaseError):
        table.check("one", ["a", "b"], lease.token, 1)
    with pytest.raises(StaleLeaseError):
        table.check("two", ["a"], lease.token, 1)


def test_another_runs_token_never_passes(table: LeaseTable, tmp_path: Path) -> None:
    lease = granted(table.grant("one", ["a"], now=0, seconds=10))
    other = LeaseTable(tmp_path / "lock.sqlite3", "another run")
    with pytest.raises(StaleLeaseError):
        other.check("one", ["a"], lease.token, 1)
    other.close()


def test_paths_may_have_any_bytes(table: LeaseTable) -> None:
    lease = granted(table.grant("one", ["\udcff", "ü"], now=0, seconds=10))
    table.check("one", ["ü", "\udcff"], lease.token, 1)
    assert table.grant("two", ["\udcff"], now=1, seconds=1) == Held("\udcff", "one", 10)


def test_a_lock_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="lock file"):
        LeaseTable(tmp_path / "none.sqlite3", "run")


PATHS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True)
BATCHES = st.sampled_from(["one", "two", "three"])


class LeaseMachine(RuleBasedStateMachine):
    """Grants, renewals, releases and time against a plain dictionary: path -> the grant that holds it."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "lock.sqlite3"
        self.lock = RunLock.acquire(path, run_id="run", pid=1, host="here", started=0.0)
        self.table = LeaseTable(path, "run")
        self.now = 0.0
        self.grants: list[tuple[str, tuple[str, ...], int]] = []
        self.expires: dict[int, float] = {}
        self.holder: dict[str, int] = {}

    @rule(batch=BATCHES, paths=PATHS, seconds=st.integers(1, 5))
    def grant(self, batch: str, paths: list[str], seconds: int) -> None:
        live = [p for p in paths if p in self.holder and self.expires[self.holder[p]] > self.now]
        answer = self.table.grant(batch, paths, now=self.now, seconds=seconds)
        assert isinstance(answer, Held) == bool(live)
        if isinstance(answer, Held):
            assert answer.path == live[0]
            return
        assert all(answer.token > token for *_, token in self.grants)
        replaced = {self.holder[p] for p in paths if p in self.holder}
        self.holder = {p: t for p, t in self.holder.items() if t not in replaced}
        self.holder |= dict.fromkeys(paths, answer.token)
        self.expires[answer.token] = answer.expires
        self.grants.append((batch, tuple(paths), answer.token))

    @rule(data=st.data(), seconds=st.integers(1, 5))
    def renew(self, data: st.DataObject, seconds: int) -> None:
        if not self.grants:
            return
        batch, _, token = data.draw(st.sampled_from(self.grants))
        try:
            self.expires[token] = self.table.renew(batch, token, now=self.now, seconds=seconds).expires
        except StaleLeaseError:
            assert token not in self.holder.values()
        else:
            assert token in self.holder.values()

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.grants:
            batch, _, token = data.draw(st.sampled_from(self.grants))
            self.table.release(batch, token)
            self.holder = {p: t for p, t in self.holder.items() if t != token}

    @rule(seconds=st.sampled_from([0, 0.5, 1, 4]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def valid_leases_share_no_path_and_stale_ones_never_pass(self) -> None:
        valid: set[str] = set()
        for batch, paths, token in getattr(self, "grants", []):
            try:
                self.table.check(batch, paths, token, self.now)
            except StaleLeaseError:
                assert any(self.holder.get(p) != token for p in paths)
            else:
                assert all(self.holder.get(p) == token for p in paths)
                assert not valid & set(paths)
                valid |= set(paths)

    def teardown(self) -> None:
        if hasattr(self, "table"):
            self.table.close()
            self.lock.release()
            self.folder.cleanup()


TestLeaseMachine = LeaseMachine.TestCase
TestLeaseMachine.settings = settings(max_examples=25, stateful_step_count=20, deadline=None, derandomize=True)
