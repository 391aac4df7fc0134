"""The sample of findings that is read: all of a rare rule, one of each package of a common one."""

import json
from pathlib import Path

import pytest

from scripts import sample_findings as script


def found(package: str, rule: str, line: int, severity: str = "error") -> script.Found:
    return {
        "package": package,
        "path": "a.py",
        "line": line,
        "rule": rule,
        "severity": severity,
        "message": "m",
    }


def test_all_of_a_rare_rule_are_read() -> None:
    every = [found("a", "rare", 1), found("b", "rare", 2)]
    assert sorted(one["line"] for one in script.sample(every, 30, 1)) == [1, 2]


def test_no_package_stands_for_all() -> None:
    every = [found("loud", "common", line) for line in range(100)]
    every += [found(package, "common", 1000) for package in "bcd"]
    chosen = list(script.sample(every, 5, 1))
    assert len(chosen) == 5
    assert {one["package"] for one in chosen} == {"loud", "b", "c", "d"}


def test_the_same_seed_chooses_the_same_and_another_others() -> None:
    every = [found("loud", "common", line) for line in range(100)]
    assert list(script.sample(every, 5, 1)) == list(script.sample(every, 5, 1))
    assert list(script.sample(every, 5, 1)) != list(script.sample(every, 5, 2))


def test_a_package_is_checked_once_and_written_as_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "def add(text, history=[]):\n    history.append(text)\n"
    (tmp_path / "packages" / "shop").mkdir(parents=True)
    (tmp_path / "packages" / "shop" / "talk.py").write_text(source)
    arguments = [str(tmp_path / "packages"), "--kept", str(tmp_path / "kept")]
    assert script.main(arguments) == 0
    first = capsys.readouterr().out
    assert first.splitlines()[1].startswith("shop,talk.py,1,mutable-default-argument,error,")
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_text(json.dumps({"kind": "finding", **found("", "other", 7)}) + "\n")
    assert script.main(arguments) == 0
    assert "other" in capsys.readouterr().out


def test_findings_that_fail_no_check_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "packages" / "shop").mkdir(parents=True)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "packages+shop.jsonl").write_text(
        json.dumps({"kind": "finding", **found("", "one", 7, "info")}) + "\n"
    )
    arguments = [str(tmp_path / "packages"), "--kept", str(tmp_path / "kept")]
    assert script.main(arguments) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert script.main([*arguments, "--info"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
