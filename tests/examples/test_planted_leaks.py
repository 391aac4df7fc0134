"""Each leak that can be planted in the example leaks when it is planted, and not else."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "agent_platform"
FILES = sorted(
    path.stem.replace("_", "-")
    for path in (EXAMPLE / "planted_leaks" / "leaks").glob("*.py")
    if path.stem != "__init__"
)


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLE,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def trials() -> dict[str, dict[str, bool]]:
    done = python("import runpy; runpy.run_module('planted_leaks.trials', run_name='__main__')")
    assert done.returncode == 0, done.stderr[-3000:]
    table: dict[str, dict[str, bool]] = json.loads(done.stdout)
    return table


@pytest.mark.parametrize("name", FILES)
def test_leaks_when_planted_and_not_else(name: str, trials: dict[str, dict[str, bool]]) -> None:
    """Isolation strategy: a platform and two users of its own for each case, in a process of its own."""
    assert trials[name] == {"planted": True, "not planted": False}


def test_there_is_one_for_most_rules() -> None:
    told = json.loads(
        python(
            "import json; from planted_leaks.planting import known_leaks; "
            "print(json.dumps({n: [l.rule, l.seen, l.what, l.reached] for n, l in known_leaks().items()}))"
        ).stdout
    )
    assert sorted(told) == FILES
    assert len({rule for rule, *_ in told.values() if rule}) >= 15
    assert {seen for _, seen, *_ in told.values()} == {"request", "overlap"}
    assert all(what.endswith(".") and reached for *_, what, reached in told.values())


def test_the_environment_plants_and_nothing_is_planted_without(tmp_path: Path) -> None:
    count = (
        "from netra_backend.platform import create_platform; "
        "print(sum(r.endpoint.__module__.startswith('planted_leaks') for r in create_platform().routes "
        "if hasattr(r, 'endpoint')))"
    )
    assert int(python(count, PLATFORM_LEAKS="").stdout) == 0
    assert int(python(count, PLATFORM_LEAKS="answer-kept-by-path").stdout) == 1
    assert int(python(count, PLATFORM_LEAKS="all").stdout) > 10


def test_an_unknown_leak_is_refused_by_name() -> None:
    done: Any = python(
        "from netra_backend.platform import create_platform; create_platform(leaks='none-such')"
    )
    assert "no such leak: none-such; there are agents-from-registry" in done.stderr


def test_the_page_tells_what_the_checker_finds_today(tmp_path: Path) -> None:
    page, fresh = ROOT / "docs" / "planted-leaks.md", tmp_path / "page.md"
    fresh.write_text(page.read_text())
    script = ROOT / "scripts" / "planted_leaks.py"
    command = [sys.executable, script, "--columns", "check", "--write", fresh]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert cells(fresh.read_text(), 2) == cells(page.read_text(), 2)
    assert sorted(cells(page.read_text(), 2)) == [*(f"`{name}`" for name in FILES), "no leak"]


def test_nothing_is_found_where_nothing_leaks() -> None:
    page = (ROOT / "docs" / "planted-leaks.md").read_text()
    (row,) = [line for line in page.splitlines() if line.startswith("| no leak |")]
    assert set(row.strip("| ").split(" | ")[2:]) <= {"no"}
    assert row.count(" no ") >= 3


@pytest.mark.big
def test_one_users_tests_run_as_many_find_leaks_that_one_user_does_not(tmp_path: Path) -> None:
    names = ["note-read-without-owner", "request-in-global"]
    page = tmp_path / "page.md"
    page.write_text("<!-- made by scripts/planted_leaks.py -->\n<!-- end -->\n")
    columns = ["--columns", "one user", "as many", "--only", *names]
    command = [sys.executable, ROOT / "scripts" / "planted_leaks.py", "--write", page, *columns]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert all("one user: -" in told[name] and "(leak)" in told[name] for name in names), done.stdout


def cells(page: str, column: int) -> dict[str, str]:
    """Give one column of the table by leak."""
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith(("| `", "| no leak"))]
    return {row[0]: row[column].strip() for row in rows}
