"""A baseline accepts what was there, tells what is gone, and any other file is refused with advice."""

import json
import os
from pathlib import Path

import pytest

from cellwall.check.baseline import BaselineError, compare, read_baseline, write_baseline
from cellwall.check.finding import Finding, Severity

ONE = Finding("a.py", 3, 1, 3, 5, "some-rule", "CW999", "it leaks", Severity.ERROR, excerpt="x = leak()")
TWO = ONE._replace(path="b.py")


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, [ONE, TWO])
    new = ONE._replace(excerpt="new = leak()")
    compared = compare([ONE._replace(line=70), new, ONE._replace(line=80)], read_baseline(path))
    assert [f.line for f in compared.accepted] == [70]
    assert compared.new == (new, ONE._replace(line=80))
    assert compared.gone == 1
    assert json.loads(path.read_text())["findings"][1]["path"] == "b.py"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "findings": []}',
        '{"version": 1}',
        "[" * 99999,
        '{"version": true, "findings": []}',
    ],
)
def test_another_file_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)
    with pytest.raises(BaselineError, match="make one with --write-baseline"):
        read_baseline(path)


def test_a_pipe_and_an_endless_device_are_refused(tmp_path: Path) -> None:
    pipe, endless = tmp_path / "pipe.json", tmp_path / "endless.json"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    for path in (pipe, endless):
        with pytest.raises(BaselineError, match=r"cannot be read \(not a plain file\)"):
            read_baseline(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(BaselineError, match="cannot be read"):
            read_baseline(path)
    with pytest.raises(BaselineError, match="cannot be written"):
        write_baseline(tmp_path / "no" / "folder.json", [])
