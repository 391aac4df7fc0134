"""The page's own tests: in the old shape as they stand, in the new shape after the run, passing in both."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cellwall.check.engine import check_source
from cellwall.check.javascript.script import Script, read_script
from cellwall.check.javascript.suites import blocks
from cellwall.check.javascript.touched_tests import states_isolation
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_platform"
NAMES = ("event_stream.test.js", "runs.test.js", "session.test.js")


def found(root: Path) -> list[tuple[str, str]]:
    """Give (file, code) of what the rules for scripts find in the page's tests."""
    settings = CheckSettings(rules=("CW9",), preview=True)
    folder = root / "frontend/tests"
    reports = [check_source(f"web/{n}", (folder / n).read_bytes(), settings, ProjectFacts()) for n in NAMES]
    return [(one.path.rpartition("/")[2], one.code) for report in reports for one in report.findings]


def passed_by_node(root: Path) -> tuple[int, int]:
    """Give how many tests node's own runner saw pass, and fail."""
    done = subprocess.run(
        ["node", "--test", "frontend/tests/"], cwd=root, capture_output=True, text=True, check=False
    )
    told = dict(line.split()[1:3] for line in done.stdout.splitlines() if line.startswith(("# pass", "# fail")))
    return int(told["pass"]), int(told["fail"])


def test_the_old_shape_is_found() -> None:
    assert found(EXAMPLE) == [
        ("event_stream.test.js", "CW911"),
        ("event_stream.test.js", "CW911"),
        ("runs.test.js", "CW911"),
        ("session.test.js", "CW912"),
    ]


def test_the_run_gave_each_test_its_own_and_says_so(migrated: Any) -> None:
    assert found(migrated.root) == []
    stated: dict[str, int] = {}
    for name in NAMES:
        script = read_script(f"web/{name}", (migrated.root / "frontend/tests" / name).read_bytes())
        assert isinstance(script, Script)
        stated[name] = sum(block.kind == "test" and states_isolation(block) for block in blocks(script))
    assert stated == {"event_stream.test.js": 3, "runs.test.js": 3, "session.test.js": 3}


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here: the page's tests did NOT run")
def test_they_pass_before_and_after(migrated: Any) -> None:
    assert passed_by_node(EXAMPLE) == passed_by_node(migrated.root) == (11, 0)
