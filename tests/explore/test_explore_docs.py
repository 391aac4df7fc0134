"""The page on the explorer: its example runs, and its picture shows what that example found."""

import re
from pathlib import Path
from typing import Any

from cellwall.explore import Schedule, run_once

PAGE = (Path(__file__).parents[2] / "docs/explore.md").read_text()
PICTURE = (Path(__file__).parents[2] / "docs/explore-lanes.svg").read_text()


def test_the_example_finds_its_race_and_the_picture_is_of_it() -> None:
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "example", "exec"), names)
    [failure] = names["found"].failures
    assert failure.kind == "AssertionError"
    assert failure.message in PICTURE
    shown = re.search(r">(1:py3\.11:[^<]+)<", PICTURE)
    assert shown is not None
    assert run_once(names["scenario"], Schedule.parse(shown[1])).failure == failure.message


def test_the_schedule_that_is_explained_can_be_read() -> None:
    for text in re.findall(r"`(1:py3\.11:[^`]+)`", PAGE):
        assert str(Schedule.parse(text)).startswith("1:py3.11:s")
