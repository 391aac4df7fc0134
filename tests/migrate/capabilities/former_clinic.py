"""The fixture `plain_clinic` with its former ways beside the new ones, and what capabilities repair there."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from cellwall.check.project_facts import collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.agents.agent import Request
from cellwall.migrate.agents.built_in import BuiltInAgent
from cellwall.migrate.batch import Batch, Patch
from cellwall.migrate.capabilities.registry import capability_named
from cellwall.project.config import load_project
from tests.migrate.capabilities.clinic import CLINIC, SABOTAGES, break_on_purpose

FORMER = Path(__file__).parents[2] / "fixtures" / "old_clinic"
FILES = Path(__file__).parent / "repaired_clinic"
LEAN = tuple(word for name in ("hypothesispytest", "anyio", "xdist") for word in ("-p", f"no:{name}"))


def former_clinic(root: Path) -> Path:
    """Copy the clinic with its former ways, which its roles know."""
    shutil.copytree(CLINIC, root, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(FORMER / "clinic", root / "clinic", dirs_exist_ok=True)
    settings = root / "pyproject.toml"
    text = settings.read_text()
    for role, line in tomllib.loads((FORMER / "more_of_roles.toml").read_text()).items():
        head = f"[tool.cellwall.roles.{role}]\n"
        assert text.count(head) == 1
        text = text.replace(head, f"{head}{line}\n")
    settings.write_text(text)
    (root / "tests").mkdir()
    return root


def place_of(capability: str) -> str:
    return f"tests/test_{capability.replace('-', '_')}.py"


def text_of(capability: str, moment: str) -> str:
    """Give the file that the capability repairs, `before` or `after`."""
    return (FILES / f"{capability}.{moment}.txt").read_text()


def proposed(capability: str, root: Path) -> Patch:
    """Let the built-in agent do a capability's work on its file in a former clinic."""
    path = place_of(capability)
    (root / path).write_text(text_of(capability, "before"))
    project = load_project(root)
    settings = CheckSettings.from_project(project, rules=capability_named(capability).rules)
    facts = collect_facts(DirectorySourceTree(root), settings)
    request = Request(Batch("a01-b001", 1, (path,)), "0" * 40, root, settings, facts, project)
    return BuiltInAgent().propose(request)


def failed(root: Path, sabotage: str = "") -> set[str]:
    """Run all tests of a clinic, healthy or sabotaged; give the files in which a test failed."""
    if sabotage:
        break_on_purpose(root, SABOTAGES[sabotage], {})
    command = [sys.executable, "-m", "pytest", "-q", *LEAN, "-p", "no:cacheprovider", "-rfE", "tests"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = set(re.findall(r"^(?:FAILED|ERROR) ([\w/.-]+)", done.stdout, flags=re.M))
    assert bool(found) is bool(done.returncode), done.stdout
    return found
