"""Children answer in order, and one that dies or hangs costs only the file on which it did."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from cellwall.check import engine, worker_pool
from cellwall.check.engine import check_tree
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree
from cellwall.check.worker_pool import Checking, check_files

BAD = b"from app.agents import AgentRegistry\nAgentRegistry.get_agent('y')\n"
FILES = {f"f{number:03}.py": BAD if number % 3 else b"x = 1\n" for number in range(100)}


class Deadly(MappingSourceTree):  # type: ignore[misc]  # final elsewhere
    """A tree with one file on which whoever reads it in a child dies."""

    def read(self, path: str) -> bytes:
        if path == "f050.py" and os.getpid() != PARENT:
            os._exit(9)
        return super().read(path)


PARENT = os.getpid()


def test_the_answers_are_those_of_one_process_in_order(settings: CheckSettings) -> None:
    tree = MappingSourceTree(FILES)
    alone = list(check_tree(tree, tree.paths(), settings, ProjectFacts()))
    work = Checking(tree, settings, ProjectFacts())
    assert list(check_files(work, tree.paths(), workers=2)) == alone
    assert list(check_files(work, tree.paths(), workers=1)) == alone


def test_a_child_that_dies_costs_one_file(settings: CheckSettings) -> None:
    tree = Deadly(FILES)
    reports = list(check_files(Checking(tree, settings, ProjectFacts()), tree.paths(), workers=2))
    assert [report.path for report in reports] == sorted(FILES)
    assert [report.path for report in reports if report.failures] == ["f050.py"]
    assert "died" in reports[50].failures[0]
    assert (
        sum(len(report.findings) for report in reports) == sum(source is BAD for source in FILES.values()) - 1
    )


def test_a_rule_that_fails_is_told_and_the_others_go_on(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cellwall.check.rules.shared_session.SharedSession.check", _failing)
    work = Checking(MappingSourceTree({"a.py": BAD + b"session = Session()\n"}), settings, ProjectFacts())
    (report,) = check_files(work, ["a.py"])
    assert [finding.code for finding in report.findings] == ["CW101"]
    assert report.failures[0].startswith(
        "a.py: the rule CW103 shared-session failed: RecursionError: deep (test_"
    )
    assert "--ignore CW103" in report.failures[0]


def _failing(*_: object) -> Sequence[object]:
    raise RecursionError("deep\nlines")


@pytest.mark.parametrize("step", ["rules_for", "module_facts", "suppressions_in"])
def test_a_defect_beside_the_rules_is_told_and_the_other_files_are_checked(
    step: str, settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = getattr(engine, step)

    def failing(*given: object, **more: object) -> object:
        if any(b"bad" in each for each in given if isinstance(each, bytes)):
            raise ValueError("deep\nlines")
        return whole(*given, **more)

    monkeypatch.setattr(engine, step, failing)
    tree = MappingSourceTree({"a.py": BAD + b"bad = 1\n", "b.py": BAD})
    first, second = check_files(Checking(tree, settings, ProjectFacts()), ["a.py", "b.py"])
    assert first.failures[0].startswith("a.py: could not be checked: ValueError: deep (test_worker_pool.py:")
    assert first.failures[0].endswith("; report it, and leave the file out with `exclude`")
    assert len(second.findings) == 1


def test_a_file_that_takes_too_long_is_given_up(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.05)
    monkeypatch.setattr("cellwall.check.rules.shared_session.SharedSession.check", _endless)
    tree = MappingSourceTree({"a.py": b"session = Session()\n", "b.py": BAD})
    work = Checking(tree, settings, ProjectFacts())
    first, second = check_files(work, ["a.py", "b.py"])
    assert "was given up" in first.failures[0]
    assert len(second.findings) == 1


def _endless(*_: object) -> Sequence[object]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pass
    return []


def test_few_files_start_no_process(settings: CheckSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "_pool", None)
    tree = MappingSourceTree({"a.py": BAD})
    assert len(list(check_files(Checking(tree, settings, ProjectFacts()), ["a.py"]))) == 1


def test_an_interrupt_is_the_parents(settings: CheckSettings) -> None:
    with worker_pool._pool(1) as pool:
        assert pool.submit(signal.getsignal, signal.SIGINT).result() is signal.SIG_IGN


def test_who_is_interrupted_waits_for_no_file_that_is_not_begun(
    settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, bool]] = []

    class Pool:
        def map(self, work: Callable[[Sequence[str]], object], chunks: Sequence[Sequence[str]]) -> object:
            return map(work, chunks)

        def shutdown(self, **how: bool) -> None:
            asked.append(how)

    @contextmanager
    def pool(_: int) -> Iterator[Pool]:
        yield Pool()

    monkeypatch.setattr(worker_pool, "_pool", pool)
    answers = check_files(Checking(MappingSourceTree(FILES), settings, ProjectFacts()), sorted(FILES))
    next(answers)
    assert asked == []
    answers.close()  # type: ignore[attr-defined]
    assert asked == [{"wait": False, "cancel_futures": True}]


def test_nothing_of_the_pool_is_left_when_all_is_checked(settings: CheckSettings) -> None:
    work = Checking(MappingSourceTree(FILES), settings, ProjectFacts())
    before = threading.active_count()
    assert len(list(check_files(work, sorted(FILES)))) == len(FILES)
    assert threading.active_count() == before
