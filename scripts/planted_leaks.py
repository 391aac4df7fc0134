"""Plants each leak of the example's platform, and tells by what it is found: writes docs/planted-leaks.md.

Columns are functions: a further way to look for leaks is one more entry in COLUMNS. What a column says of the
platform without any leak stands in the table's last row, and must be nothing.

Run: python scripts/planted_leaks.py [--only NAME ...] [--columns NAME ...] [--users 3] [--write PAGE]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from cellwall.check.engine import check_tree
from cellwall.check.project_facts import collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.project.check_config import CheckConfig
from cellwall.project.config import load_project

ROOT: Final = Path(__file__).resolve().parents[1]
EXAMPLE: Final = ROOT / "examples" / "agent_platform"
TESTS: Final = "planted_leaks/one_user_tests.py"
PAGE: Final = ROOT / "docs" / "planted-leaks.md"
BEGIN, END = "<!-- made by scripts/planted_leaks.py -->", "<!-- end -->"
NOTHING: Final = "no leak"
NONE: Final = ""  # the leak of a platform that does not leak


@dataclass(frozen=True)
class Leak:
    """A leak as the example tells it."""

    name: str
    rule: str
    seen: str
    what: str


@dataclass(frozen=True)
class Found:
    """What a column says of one leak: whether it is found, and by what."""

    found: bool
    by: str = ""


def known_leaks() -> list[Leak]:
    """Ask the example which leaks it has."""
    code = (
        "import json; from planted_leaks.planting import known_leaks; "
        "print(json.dumps([[n, l.rule, l.seen, l.what] for n, l in known_leaks().items()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=EXAMPLE, capture_output=True, text=True, check=True
    )
    return [Leak(*fields) for fields in json.loads(done.stdout)]


def by_check(names: list[str], options: argparse.Namespace) -> dict[str, Found]:
    """Look for the rules of `cellwall check`, in preview too, that find something in a leak's file."""
    tree = DirectorySourceTree(EXAMPLE)
    settings = CheckSettings.from_project(load_project(EXAMPLE), asked=CheckConfig(preview=True))
    files = {name: f"planted_leaks/leaks/{name.replace('-', '_')}.py" for name in names if name}
    reports = check_tree(tree, sorted(files.values()), settings, collect_facts(tree, settings))
    rules = {report.path: sorted({finding.rule for finding in report.findings}) for report in reports}
    told = {name: ", ".join(rules.get(file, [])) for name, file in files.items()}
    return {name: Found(bool(told.get(name)), told.get(name, "")) for name in names}


def by_one_user(names: list[str], options: argparse.Namespace) -> dict[str, Found]:
    """Run the tests as they are written, for one user."""
    return _failed(names)


def by_many(names: list[str], options: argparse.Namespace) -> dict[str, Found]:
    """Run the same tests as several users at once."""
    return _failed(names, "--concurrent-users", str(options.users))


def _failed(names: list[str], *arguments: str) -> dict[str, Found]:
    """Run all tests on a platform with each leak in turn, and give those that failed by leak."""
    failed: dict[str, list[str]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            TESTS,
            f"--junit-xml={report}",
        ]
        done = subprocess.run(
            [*command, *arguments],
            cwd=EXAMPLE,
            env=os.environ | {"PLATFORM_LEAKS_IN_TURN": ",".join(names)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(
                f"pytest ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        cases = list(ElementTree.parse(report).iter("testcase"))
    for case in cases:
        test, _, leak = str(case.get("name")).rstrip("]").partition("[")
        if word := _word(case, test):
            failed["" if leak == "none" else leak].append(word)
    return {name: Found(bool(words), ", ".join(words)) for name, words in failed.items()}


def _word(case: ElementTree.Element, test: str) -> str:
    """Give a failed test's name with its verdict, "" where it passed."""
    if case.find("failure") is None and case.find("error") is None:
        return ""
    verdicts = [
        each.get("value") for each in case.iter("property") if each.get("name") == "cellwall_isolation"
    ]
    verdict = json.loads(str(verdicts[0]))["verdict"] if verdicts else "fails"
    return f"{test.removeprefix('test_')} ({verdict})"


def by_audit(names: list[str], options: argparse.Namespace) -> dict[str, Found]:
    """Let `cellwall audit` ask the platform with each leak, and give what it proved by requests."""
    return {name: _audited(name) for name in names}


def _audited(name: str) -> Found:
    command = [sys.executable, "-m", "cellwall", "audit", "--focus", "isolation", "--format", "json"]
    done = subprocess.run(
        command,
        cwd=EXAMPLE,
        env=os.environ | {"PLATFORM_LEAKS": name},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"the audit ended with {done.returncode}\n{done.stderr[-2000:]}")
    findings = [each for each in json.loads(done.stdout)["findings"] if each["verdict"] != "suspected"]
    return Found(bool(findings), ", ".join(dict.fromkeys(each["kind"] for each in findings)))


Column = Callable[[list[str], argparse.Namespace], dict[str, Found]]
COLUMNS: Final[dict[str, Column]] = {
    "check": by_check,
    "one user": by_one_user,
    "as many": by_many,
    "audit": by_audit,
}
TITLES: Final = {
    "check": "`cellwall check`",
    "one user": "tests as one user",
    "as many": "the same tests as many users",
    "audit": "`cellwall audit`",
}


def main() -> int:
    """Fill the table; 0 when nothing is found where nothing leaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="leaks")
    parser.add_argument("--columns", nargs="*", default=list(COLUMNS), choices=list(COLUMNS))
    parser.add_argument("--users", type=int, default=3)
    parser.add_argument("--write", type=Path, default=PAGE)
    options = parser.parse_args()
    leaks = [leak for leak in known_leaks() if not options.only or leak.name in options.only]
    names = [*(leak.name for leak in leaks), NONE]
    columns = {column: COLUMNS[column](names, options) for column in options.columns}
    table = {name: {column: found[name] for column, found in columns.items()} for name in names}
    for name, row in table.items():
        words = "  ".join(f"{column}: {found.by or '-'}" for column, found in row.items())
        print(f"{name or 'no leak':<34} {words}", flush=True)
    write(options.write, leaks, table)
    return int(any(found.found for found in table[NONE].values()))


def write(page: Path, leaks: list[Leak], table: dict[str, dict[str, Found]]) -> None:
    """Put what was found into the page's table; rows and columns that were not asked for stay as they are."""
    before, _, rest = page.read_text().partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {
        cells[0].strip("`"): dict(zip(TITLES, cells[2:], strict=False))
        for cells in map(_cells, old.splitlines())
    }
    order = [leak.name for leak in known_leaks()]
    seen = {leak.name: leak.seen for leak in known_leaks()}
    lines = [f"| leak | shows | {' | '.join(TITLES.values())} |", "|---" * (2 + len(TITLES)) + "|"]
    counts = dict.fromkeys(TITLES, 0)
    for name in [*order, NONE]:
        row = rows.get(name or NOTHING, {}) | {
            column: _cell(found) for column, found in table.get(name, {}).items()
        }
        for column in TITLES:
            counts[column] += bool(name) and row.get(column, "").startswith("yes")
        cells = " | ".join(row.get(column, "") for column in TITLES)
        lines.append(f"| {f'`{name}`' if name else NOTHING} | {seen.get(name, '')} | {cells} |")
    lines.append(f"| found, of {len(order)} | | {' | '.join(map(str, counts.values()))} |")
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else [""]


def _cell(found: Found) -> str:
    return f"yes: {found.by}" if found.found else "no"


if __name__ == "__main__":
    sys.exit(main())
