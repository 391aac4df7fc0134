"""The configured runner: how it is called, and how a report in Jest's shape is read."""

import json
import sys
from pathlib import Path

from cellwall.project.local_environment import LocalEnvironment
from cellwall.project.scripts_config import ScriptsConfig
from cellwall.testing.measured import Outcomes
from cellwall.testing.script_runners.run_scripts import measure_scripts

# A runner: reports what the files say of themselves, by their whole paths, as Jest does.
RUNNER = """
import json, pathlib, sys
report, *paths = sys.argv[1:]
assert pathlib.Path("node_modules/runner").exists()
files = [pathlib.Path(path).resolve() for path in paths]
files = [json.loads(file.read_text()) | {"name": str(file)} for file in files]
pathlib.Path(report).write_text(json.dumps({"testResults": files}))
"""


def measured(tmp_path: Path, runner: str, **files: object) -> Outcomes:
    workspace, installed = tmp_path / "copy", tmp_path / "own"
    (workspace / "web").mkdir(parents=True)
    (installed / "web" / "node_modules" / "runner").mkdir(parents=True)
    (workspace / "web" / "runner.py").write_text(runner)
    for name, told in files.items():
        (workspace / "web" / f"{name}.test.ts").write_text(json.dumps(told))
    config = ScriptsConfig((sys.executable, "runner.py", "{report}", "{paths}"), "web")
    outcomes = measure_scripts(
        LocalEnvironment(Path(sys.executable)),
        workspace,
        [f"web/{name}.test.ts" for name in files],
        config=config,
        seconds=60,
        installed=installed,
    )
    assert not (workspace / "web" / "node_modules").exists()
    return outcomes


def told(title: str, status: str, **more: object) -> dict[str, object]:
    return {"ancestorTitles": ["cart"], "title": title, "status": status, **more}


def test_a_report_gives_each_test_its_outcome(tmp_path: Path) -> None:
    tests = [told("adds", "passed", duration=5), told("fails", "failed", failureMessages=["1 is not 2"])]
    cart = {"status": "failed", "assertionResults": [*tests, told("waits", "pending")]}
    torn = {"status": "failed", "message": "no such import", "assertionResults": []}
    outcomes = measured(tmp_path, RUNNER, cart=cart, torn=torn)
    assert {key: (one.outcome, one.reason) for key, one in outcomes.by_id.items()} == {
        "web/cart.test.ts::cart > adds": ("passed", ""),
        "web/cart.test.ts::cart > fails": ("failed", "1 is not 2"),
        "web/cart.test.ts::cart > waits": ("skipped", ""),
    }
    assert dict(outcomes.collection_errors) == {"web/torn.test.ts": "no such import"}
    assert outcomes.complete


def test_a_runner_that_reports_nothing_is_told(tmp_path: Path) -> None:
    outcomes = measured(tmp_path, "import sys\nsys.exit('no such option')\n", cart={})
    assert "wrote no report that can be read: no such option" in outcomes.note
    assert not outcomes.complete
