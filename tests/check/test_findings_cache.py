"""The cache gives back what was found, forgets what may have changed, and survives anything in its file."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellwall.check import engine, findings_cache, worker_pool
from cellwall.check.cache_key import cache_key
from cellwall.check.cached_check import CachedCheck
from cellwall.check.engine import FileReport, check_source
from cellwall.check.finding_record import from_record, to_record
from cellwall.check.findings_cache import FOLDER, FindingsCache
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.check.worker_pool import Checking

BAD = (
    "from app.agents import AgentRegistry\n\n\ndef test_a(user_context):\n    AgentRegistry.get_agent('x')\n"
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bad.py").write_text(BAD)
    (tmp_path / "fine.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("def (\n")
    monkeypatch.setattr(findings_cache, "_FRESH_NS", 0)
    return tmp_path


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were really checked, in order."""
    seen: list[str] = []
    original = worker_pool.check_files

    def counting(work: Checking, paths: list[str], *, workers: int) -> Iterator[FileReport]:
        seen.extend(paths)
        return original(work, paths, workers=workers)

    monkeypatch.setattr(worker_pool, "check_files", counting)
    return seen


def run(root: Path, settings: CheckSettings, key: str = "k") -> list[FileReport]:
    tree = DirectorySourceTree(root)
    return list(CachedCheck(tree, settings, FindingsCache(root, key)).reports(tree.paths()))


def test_a_second_run_checks_nothing_and_says_the_same(
    root: Path, settings: CheckSettings, checked: list[str]
) -> None:
    first = run(root, settings)
    assert checked == ["bad.py", "broken.py", "fine.py"]
    checked.clear()
    assert run(root, settings) == first
    assert checked == []
    assert [len(report.findings) for report in first] == [1, 0, 0]


def test_a_changed_file_is_checked_again_and_only_it(
    root: Path, settings: CheckSettings, checked: list[str]
) -> None:
    run(root, settings)
    checked.clear()
    (root / "fine.py").write_text("z = 33\n")
    assert [len(r.findings) for r in run(root, settings)] == [1, 0, 0]
    assert checked == ["fine.py"]


def test_content_decides_not_time(root: Path, settings: CheckSettings, checked: list[str]) -> None:
    run(root, settings)
    checked.clear()
    (root / "bad.py").write_text(BAD)
    os.utime(root / "fine.py", (1, 1))
    run(root, settings)
    assert checked == []


def test_the_same_time_and_size_with_another_content(root: Path, settings: CheckSettings) -> None:
    run(root, settings)
    before = (root / "bad.py").stat()
    (root / "bad.py").write_text(BAD.replace("get_agent", "get_count"))
    os.utime(root / "bad.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [len(r.findings) for r in run(root, settings)] == [0, 0, 0]


def test_a_file_that_changed_just_now_is_not_trusted_by_its_time(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings_cache, "_FRESH_NS", 10**15)
    assert FindingsCache(root, "k").stamp("bad.py") is None


def test_changed_facts_of_other_files_forget_all(
    root: Path, settings: CheckSettings, checked: list[str]
) -> None:
    run(root, settings)
    checked.clear()
    (root / "agents.py").write_text("from app.agents import AgentRegistry\n")
    run(root, settings)
    assert checked == ["agents.py", "bad.py", "broken.py", "fine.py"]


def test_where_facts_are_missing_nothing_is_kept_and_nothing_known(
    root: Path, settings: CheckSettings, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    def broken_run() -> None:
        checked.clear()
        tree = DirectorySourceTree(root)
        with monkeypatch.context() as broken:
            broken.setattr("cellwall.check.re_exports.ReExports.add", fail)
            check = CachedCheck(tree, settings, FindingsCache(root, "k"))
            assert [text.partition(":")[0] for text in check.project.failures] == list(tree.paths())
            list(check.reports(tree.paths()))
        assert checked == list(tree.paths())
        checked.clear()

    broken_run()
    broken_run()
    run(root, settings)
    assert checked == ["bad.py", "broken.py", "fine.py"]
    (root / "fine.py").write_text("y = 22\n")
    broken_run()
    run(root, settings)
    assert checked == ["fine.py"]


def test_a_part_of_the_tree_keeps_the_rest(root: Path, settings: CheckSettings, checked: list[str]) -> None:
    run(root, settings)
    (root / "fine.py").write_text("y = 2\n")
    tree = DirectorySourceTree(root)
    list(CachedCheck(tree, settings, FindingsCache(root, "k")).reports(["fine.py"]))
    checked.clear()
    run(root, settings)
    assert checked == []


@pytest.mark.parametrize(
    "damage", ["cut", "flip", "empty", "junk", "json", "folder", "link", "pipe", "entry", "entries", "wrong"]
)
def test_a_damaged_cache_is_an_empty_one(
    damage: str, root: Path, settings: CheckSettings, checked: list[str]
) -> None:
    first = run(root, settings)
    checked.clear()
    path = root / FOLDER / "check-k.json"
    content = path.read_bytes()
    path.unlink()
    match damage:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "flip":
            path.write_bytes(content.replace(b"CW101", b"CW102"))
        case "empty":
            path.write_bytes(b"")
        case "junk":
            path.write_bytes(os.urandom(2000))
        case "json":
            body = b'{"files": [], "facts": 3}'
            path.write_bytes(findings_cache._checksum(body) + b"\n" + body)
        case "entry" | "entries":
            body = b'{"files": {"bad.py": ' + (b"5" if damage == "entry" else b"[]") + b"}}"
            path.write_bytes(findings_cache._checksum(body) + b"\n" + body)
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to("/dev/zero")
        case "pipe":
            os.mkfifo(path)
        case _:
            body = b'{"files": {"bad.py": [1, 2, "x", [[7]], ""]}, "facts": {"aliases": 3}, "facts_of": ""}'
            path.write_bytes(findings_cache._checksum(body) + b"\n" + body)
    assert run(root, settings) == first
    assert checked == ["bad.py", "broken.py", "fine.py"]


def test_nobody_waits_for_the_disk(
    root: Path, settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    run(root, settings)
    assert (root / FOLDER / "check-k.json").exists()
    assert synced == []


def test_two_runs_at_once(root: Path, settings: CheckSettings) -> None:
    expected = run(root, settings, "other")
    results: list[list[FileReport]] = []
    threads = [threading.Thread(target=lambda: results.append(run(root, settings))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 6
    assert not list((root / FOLDER).glob(".*.part"))


def test_the_folder_is_left_out_by_git_and_by_backups(root: Path, settings: CheckSettings) -> None:
    run(root, settings)
    assert (root / FOLDER / ".gitignore").read_text() == "*\n"
    assert (root / FOLDER / "CACHEDIR.TAG").exists()


def test_a_folder_that_cannot_be_written_is_no_error(root: Path, settings: CheckSettings) -> None:
    (root / FOLDER).write_text("in the way")
    assert len(run(root, settings)) == 3


def test_a_link_leads_nothing_out_of_the_repository(root: Path, settings: CheckSettings) -> None:
    outside = root / "outside"
    outside.mkdir()
    (root / FOLDER).symlink_to(outside)
    assert len(run(root, settings)) == 3
    assert list(outside.iterdir()) == []
    (root / FOLDER).unlink()
    (root / FOLDER).mkdir()
    for name in (".gitignore", "CACHEDIR.TAG"):
        (root / FOLDER / name).symlink_to(outside / name)
    run(root, settings)
    assert list(outside.iterdir()) == []


def test_old_files_go(root: Path, settings: CheckSettings) -> None:
    for number in range(20):
        run(root, settings, str(number))
    assert len(list((root / FOLDER).glob("check-*.json"))) == 9
    assert (root / FOLDER / "check-19.json").exists()


def test_the_key_changes_with_the_settings_the_plugins_and_the_code(
    monkeypatch: pytest.MonkeyPatch, settings: CheckSettings
) -> None:
    keys = {cache_key(settings), cache_key(settings._replace(strict=True))}
    assert cache_key(settings) == cache_key(settings._replace())
    monkeypatch.setattr("cellwall.check.cache_key.plugin_set", lambda: ("x=y@z==1",))
    keys.add(cache_key(settings))
    monkeypatch.setattr("cellwall.check.cache_key._own_files", lambda: iter(["a:1:2"]))
    keys.add(cache_key(settings))
    assert len(keys) == 4


def test_every_kind_of_finding_comes_back(settings: CheckSettings) -> None:
    for rule in all_rules():
        for example in rule.INVALID:
            report = check_source(example.path, example.source.encode(), settings, ProjectFacts())
            assert report.findings
            assert from_record(example.path, to_record(report)) == report
    broken = engine.check_source("x.py", b"def (", settings, ProjectFacts())
    assert from_record("x.py", to_record(broken)) == broken


def test_processes_end_with_the_last_file(
    root: Path, settings: CheckSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool that is given up only when Python ends may write to its closed pipe, and says so to the user."""
    ended: list[str] = []

    def checking(work: Checking, paths: list[str], *, workers: int) -> Iterator[FileReport]:
        try:
            yield from map(FileReport, paths)
            ended.append("in order")
        except GeneratorExit:
            ended.append("given up")
            raise

    monkeypatch.setattr(worker_pool, "check_files", checking)
    tree = DirectorySourceTree(root)
    assert len(list(CachedCheck(tree, settings, None).reports(tree.paths()))) == 3
    assert ended == ["in order"]
