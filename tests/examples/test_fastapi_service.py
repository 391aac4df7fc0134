"""The bundled service: its own tests pass in a copy, and nothing in it needs repair."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from cellwall.check.engine import check_tree
from cellwall.check.project_facts import collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.project.config import load_project

EXAMPLE = Path(__file__).parents[2] / "examples" / "fastapi_service"


def test_its_tests_pass(tmp_path: Path) -> None:
    root = tmp_path / "fastapi_service"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"^(\d+) passed in", done.stdout, re.MULTILINE)
    assert passed and int(passed[1]) >= 11


def test_nothing_in_it_needs_repair() -> None:
    settings = CheckSettings.from_project(load_project(EXAMPLE))
    tree = DirectorySourceTree(EXAMPLE)
    reports = check_tree(tree, tree.paths(), settings, collect_facts(tree, settings))
    assert len(list(reports)) >= 7
    assert [finding for report in reports for finding in report.findings] == []
