"""Writes docs/check-comparison.md: what other linters say of the examples in which Cellwall finds something.

Each rule's first example becomes a file, and whatever a linter reports anywhere in it counts as seen. Only
checks about state, concurrency and secrets are asked for: a remark about a missing docstring sees no leak.
Usage: python scripts/compare_linters.py --semgrep-rules FOLDER [--peers BIN]
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_registry import own_rules
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "check-comparison.md"
RUFF = "B,RUF006,RUF012,PLW0602,PLW0603,S,ASYNC"
PYLINT = "W0102,W0601,W0602,W0603,W0604,W1518,R1732,W0621"
IGNORED = frozenset({"S101", "B101"})  # an assert in a test
Seen = dict[str, set[str]]


def ruff(program: str, folder: Path) -> Seen:
    """Run ruff with its checks of the flake8-bugbear, bandit, async and mutable-state kinds."""
    command = [program, "check", "--isolated", f"--select={RUFF}", "--output-format=json", "--exit-zero", "."]
    return _seen((e["filename"], e["code"]) for e in json.loads(_out(command, folder)))


def bandit(program: str, folder: Path) -> Seen:
    """Run bandit with all its checks."""
    entries = json.loads(_out([program, "-q", "-f", "json", "-r", "."], folder))["results"]
    return _seen((e["filename"], e["test_id"]) for e in entries)


def bugbear(program: str, folder: Path) -> Seen:
    """Run flake8 with bugbear's checks, the opinionated ones too."""
    text = _out([program, "--isolated", "--select=B", "."], folder)
    return _seen(m.groups() for m in re.finditer(r"^(.+?):\d+:\d+: (B\d+)", text, re.MULTILINE))


def pylint(program: str, folder: Path) -> Seen:
    """Run pylint with its checks of global and mutable state."""
    names = sorted(path.name for path in folder.glob("*.py"))
    command = [program, "--disable=all", f"--enable={PYLINT}", "--output-format=json", *names]
    return _seen((e["path"], e["message-id"]) for e in json.loads(_out(command, folder) or "[]"))


def semgrep(rules: Path) -> "Runner":
    """Give what runs semgrep with all rules of a folder; a rule is called by the last part of its name."""

    def run(program: str, folder: Path) -> Seen:
        quiet = ["--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore", "--json"]
        told = _out([program, "scan", *quiet, f"--config={rules.resolve()}", "."], folder)
        return _seen((e["path"], e["check_id"].rpartition(".")[2]) for e in json.loads(told)["results"])

    return run


Runner = Callable[[str, Path], Seen]
LINTERS: Mapping[str, tuple[str, Runner]] = {
    "ruff": ("ruff", ruff),
    "bugbear": ("flake8", bugbear),
    "pylint": ("pylint", pylint),
    "bandit": ("bandit", bandit),
}


def _out(command: Sequence[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def _seen(entries: Iterable[Sequence[str]]) -> Seen:
    seen: Seen = defaultdict(set)
    for path, code in entries:
        if code not in IGNORED:
            seen[Path(path).name].add(code)
    return seen


def examples(folder: Path) -> dict[str, str]:
    """Write each rule's first example to a file, and give the file's name by code; Cellwall must find it."""
    settings = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, preview=True)
    places: dict[str, str] = {}
    for rule in own_rules():
        example = rule.INVALID[0]
        report = check_source(example.path, example.source.encode(), settings, ProjectFacts())
        assert any(finding.code == rule.code for finding in report.findings), rule.code
        name = f"{rule.name.replace('-', '_')}.py"
        (folder / name).write_text(example.source)
        places[rule.code] = name
    return places


def compared(
    programs: Mapping[str, str], linters: Mapping[str, tuple[str, Runner]] = LINTERS
) -> dict[str, dict[str, str]]:
    """Give code -> linter -> the checks that it reports there; linters by the path of their program."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        places = examples(folder)
        seen = {name: linters[name][1](program, folder) for name, program in programs.items()}
    return {
        code: {linter: ", ".join(sorted(found.get(name, ()))) for linter, found in seen.items()}
        for code, name in places.items()
    }


def revision(folder: Path) -> str:
    """Give the revision of the clone that a folder is in.

    Raises:
        ValueError: it is in none, so that nobody could repeat what was measured.
    """
    told = _out(["git", "rev-parse", "--short=9", "HEAD"], folder).strip()
    if not told:
        raise ValueError(f"{folder}: is in no git repository; give the folder `python` of a clone")
    return told


def page(rows: Mapping[str, Mapping[str, str]], versions: Mapping[str, str], semgrep_rules: str) -> str:
    """Give the page; `semgrep_rules` is the revision of semgrep's collection."""
    names = list(versions)
    lines = [
        "# What other linters see",
        "",
        "Written by `python scripts/compare_linters.py`. For each rule, the checks that other linters report",
        "anywhere in the rule's first example; an empty cell is silence. Asked for were the checks about",
        "state, concurrency and secrets; of semgrep, all rules for Python in the collection that its makers",
        f"publish (revision {semgrep_rules} of semgrep-rules).",
        "",
        "Versions: " + ", ".join(f"{name} {text}" for name, text in versions.items()) + ".",
        "",
        f"| family | rule | {' | '.join(names)} |",
        "|---|---|" + "---|" * len(names),
    ]
    for rule in own_rules():
        cells = " | ".join(rows[rule.code][name] for name in names)
        lines.append(f"| {rule.family.value} | {rule.code} `{rule.name}` | {cells} |")
    seen = {name: sum(bool(row[name]) for row in rows.values()) for name in names}
    told = ", ".join(f"{name} {number}" for name, number in seen.items())
    lines += ["", f"Of {len(rows)} rules, something is said there by: {told}."]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run what is installed and write the page; 2 where a linter is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="a folder with the linters' programs")
    parser.add_argument(
        "--semgrep-rules", type=Path, required=True, help="`python` of a clone of semgrep-rules"
    )
    given = parser.parse_args()
    linters = {**LINTERS, "semgrep": ("semgrep", semgrep(given.semgrep_rules))}
    own = Path(sys.executable).parent
    programs: dict[str, str] = {}
    for name, (program, _) in linters.items():
        places = [given.peers, own] if given.peers else [own]
        found = next((w for place in places if (w := shutil.which(program, path=str(place)))), None)
        found = found or shutil.which(program)
        if found is None:
            print(f"{program} is not installed; give --peers", file=sys.stderr)
            return 2
        programs[name] = found
    versions = {name: _version(name, program) for name, program in programs.items()}
    rules = revision(given.semgrep_rules)  # asked before the linters, which take minutes
    PAGE.write_text(page(compared(programs, linters), versions, rules))
    print(PAGE.relative_to(ROOT))
    return 0


def _version(name: str, program: str) -> str:
    text = _out([program, "--version"], ROOT)
    pattern = r"flake8-bugbear: ([\d.]+)" if name == "bugbear" else r"(\d+\.\d+(?:\.\d+)?)"
    match = re.search(pattern, text)
    if match is not None:
        return match.group(1)
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


if __name__ == "__main__":
    sys.exit(main())
