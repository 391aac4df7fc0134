"""The command that measures what is asked of the explorer reads what the zoo tells."""

import argparse
from pathlib import Path

import pytest

from scripts import explore_floors

TOLD = """\
redis_4_5_1          found    silent   right
    vulnerable: u1 saw what is u2's own; schedule 57, by cancellation, in {seconds} s of CPU time; \
fails alike in a process of its own (1.0 s); --concurrent-users 4 --schedule 1:py3.11:s0:x.u1.4
redis_4_5_2          silent   silent   WRONG
hera                 found    silent   right
"""


@pytest.mark.parametrize(("seconds", "word"), [("0.42", "met"), ("1.42", "MISSED")])
def test_each_find_is_held_against_its_limit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seconds: str, word: str
) -> None:
    monkeypatch.setattr(explore_floors, "run", lambda *command, **_: (1, TOLD.format(seconds=seconds)))
    assert not explore_floors.zoo(argparse.Namespace(into=Path(), python36=None))
    lines = capsys.readouterr().out.splitlines()
    first = next(line for line in lines if line.startswith("redis_4_5_1 found "))
    assert "in schedule 57 by cancellation" in first
    assert first.endswith(word)
    assert any(line.startswith("redis_4_5_2 found") and line.endswith("MISSED") for line in lines)
    assert any(line.startswith("hera found") and line.endswith("met") for line in lines)


def test_a_part_that_misses_makes_the_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (True, False):
        monkeypatch.setattr(explore_floors, "PARTS", {"speed": lambda _, answer=answer: answer})
        monkeypatch.setattr("sys.argv", ["explore_floors.py"])
        assert explore_floors.main() == int(not answer)
