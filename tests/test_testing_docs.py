"""Every Python example of docs/testing.md runs as ten users, and comes to what the page says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs/testing.md"
BLOCK = re.compile(r"<!-- runs: (\w+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOUND = BLOCK.findall(PAGE.read_text())
SAID = {
    "leak": "LEAK: u2 saw what is u10's own",
    "collision": "COLLISION: all users share the constant 'ada@example.com'",
    "passes": "1 passed",
}


def test_every_example_runs() -> None:
    assert PAGE.read_text().count("```python") == len(FOUND) == len(SAID)


@pytest.mark.parametrize(("verdict", "code"), FOUND, ids=[verdict for verdict, _ in FOUND])
def test_an_example_comes_to_what_the_page_says(tmp_path: Path, verdict: str, code: str) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
    )
    (tmp_path / "test_page.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    for users, said in (("1", "1 passed"), ("10", SAID[verdict])):
        told = subprocess.run(
            [*command, "--concurrent-users", users], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert said in told.stdout, told.stdout
