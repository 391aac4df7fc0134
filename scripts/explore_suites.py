"""Runs the test suites of async libraries on asyncio's loop and on the explorer's, and compares outcomes.

Each library is taken by name and version as its source package, with its tests, into a folder of its own and
an environment of its own. A suite is right when both runs have the same node ids with the same outcomes. A
test whose outcome differs is run three times more on each loop, so that a flaky one is told apart.

Run: python scripts/explore_suites.py [--into DIR] [--only NAME]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
SUITES = {
    "anyio": (
        "anyio==4.16.0", "pytest-mock", "trio", "psutil", "hypothesis", "blockbuster", "trustme",
        "truststore",
    ),
    "httpx": (
        "httpx==0.28.1", "trio", "trustme", "cryptography", "uvicorn", "chardet", "brotli", "zstandard", "h2",
        "socksio", "click", "pygments", "rich",
    ),
    "starlette": (
        "starlette==1.10.0", "trio", "httpx2", "blockbuster", "opentelemetry-sdk", "itsdangerous", "jinja2",
        "python-multipart", "pyyaml",
    ),
}  # fmt: skip
PLUGIN = '''
import asyncio
import os

from cellwall.explore import loop_factory


class Policy(asyncio.DefaultEventLoopPolicy):
    """Makes the explorer's loops."""

    def new_event_loop(self):
        return loop_factory()


def pytest_configure(config):
    if os.environ.get("EXPLORER_LOOP"):
        asyncio.set_event_loop_policy(Policy())


def pytest_report_header(config):
    loop = asyncio.get_event_loop_policy().new_event_loop()
    loop.close()
    return f"loop: {type(loop).__module__}.{type(loop).__name__}"
'''


def main() -> int:
    """Compare all suites; 1 when an outcome differs for good."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--only", action="append", default=[], choices=list(SUITES))
    options = parser.parse_args()
    into = options.into or Path(tempfile.mkdtemp(prefix="explore-suites-"))
    wrong = 0
    for name in options.only or SUITES:
        source, python = prepared(name, into / name)
        plain, explored = (outcomes(source, python, explorer=explorer) for explorer in (False, True))
        different = sorted(
            node for node in plain.keys() | explored.keys() if plain.get(node) != explored.get(node)
        )
        lasting = [node for node in different if not flaky(source, python, node)]
        wrong += len(lasting) + (not plain)
        passed = sum(outcome == "passed" for outcome in explored.values())
        print(f"{name}: {len(plain)} tests, {passed} passed on the explorer's loop, {len(different)} differ, "
              f"{len(lasting)} of them for good", flush=True)  # fmt: skip
        for node in different:
            print(
                f"  {node}: {plain.get(node)} / {explored.get(node)}{'' if node in lasting else ' (flaky)'}"
            )
    return int(bool(wrong))


def prepared(name: str, folder: Path) -> tuple[Path, Path]:
    """Give the suite's folder and an interpreter that can run it."""
    python = folder / "venv/bin/python"
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check"]
    if not python.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([*pip, "install", "pytest", "pytest-timeout", *SUITES[name]], check=True)
        package = SUITES[name][0]
        subprocess.run(
            [*pip, "download", "--no-deps", "--no-binary", name, "-d", folder, package], check=True
        )
        with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
            archive.extractall(folder, filter="data")
    (folder / "explorer_loop.py").write_text(PLUGIN)
    return next(path for path in folder.iterdir() if (path / "tests").is_dir()), python


def outcomes(source: Path, python: Path, *nodes: str, explorer: bool) -> dict[str, str]:
    """Give each test's outcome, by its id."""
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary, "report.xml")
        environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", source.parent))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "EXPLORER_LOOP": "1" if explorer else "",
        }
        command = [
            python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "explorer_loop",
            "-p",
            "no:cacheprovider",
            "--timeout",
            "180",
        ]
        command += [
            f"--junitxml={report}",
            "-o",
            "junit_family=xunit1",
            "-W",
            "default",
            *(nodes or ["tests"]),
        ]
        subprocess.run(command, cwd=source, env=environment, capture_output=True, check=False, timeout=1800)
        if not report.exists():
            return {}
        return {
            f"{case.get('file')}::{case.get('classname')}::{case.get('name')}": outcome_of(case)
            for case in ElementTree.parse(report).iter("testcase")
        }


def outcome_of(case: ElementTree.Element) -> str:
    """Give passed, skipped, failed or error."""
    for tag, word in (("failure", "failed"), ("error", "error"), ("skipped", "skipped")):
        if case.find(tag) is not None:
            return word
    return "passed"


def flaky(source: Path, python: Path, node: str) -> bool:
    """Tell whether both loops give the outcome the other one gave, or either gives more than one."""
    path, classname, name = node.split("::", 2)
    module = path.removesuffix(".py").replace("/", ".")
    inside = classname.removeprefix(module).removeprefix(".").replace(".", "::")
    nodeid = "::".join(part for part in (path, inside, name) if part)
    seen = [
        {tuple(outcomes(source, python, nodeid, explorer=explorer).values()) for _ in range(3)}
        for explorer in (False, True)
    ]
    return seen[0] == seen[1] or any(len(each) > 1 for each in seen)


if __name__ == "__main__":
    sys.exit(main())
