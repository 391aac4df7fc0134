"""The page about probes names each of them, and no other."""

import re
from pathlib import Path

from cellwall.testing.probes import ALL_PROBES

PAGE = Path(__file__).parents[3] / "docs/probes.md"


def test_the_table_is_the_probes() -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| ", PAGE.read_text(), re.MULTILINE)
    assert set(rows) - {"probe", "next on the same task"} == {probe.name for probe in ALL_PROBES}
