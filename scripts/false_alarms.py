"""Counts the labels of findings that were read, and writes the table of docs/false-alarms.md.

`docs/labels/findings.csv` has a line a finding (package, version, path, line, rule, severity, verdict, note),
`docs/labels/corpus.csv` a line a package with its files and lines. `--check` tells whether the page is true.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cellwall.check.family import Family
from cellwall.check.rule import Rule
from cellwall.check.rule_registry import own_rules

DOCS = Path(__file__).resolve().parent.parent / "docs"
VERDICTS = ("true", "debatable", "false")
LIMIT = 0.1  # the share of false alarms that a stable rule may have
READ = (
    Family.STATE,
    Family.ASYNC,
    Family.DATA,
    Family.CACHES,
    Family.SOCKETS,
    Family.TOKENS,
    Family.TESTS,
)
BEGIN, END = "<!-- table begins -->", "<!-- table ends -->"


def labels() -> list[dict[str, str]]:
    """Give the labelled findings."""
    with (DOCS / "labels" / "findings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def corpus() -> list[dict[str, str]]:
    """Give the packages that were checked."""
    with (DOCS / "labels" / "corpus.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted() -> dict[str, Counter[str]]:
    """Give rule -> how many findings have which verdict; findings of severity info do not count."""
    found: dict[str, Counter[str]] = {}
    for label in labels():
        if label["severity"] != "info":
            found.setdefault(label["rule"], Counter())[label["verdict"]] += 1
    return found


def share(verdicts: Counter[str]) -> float:
    """Give the share of false alarms, 0 where nothing was found."""
    return verdicts["false"] / verdicts.total() if verdicts else 0.0


def judged_rules() -> list[Rule]:
    """Give the rules whose findings are read here, by code."""
    known = {label["rule"] for label in labels()}
    return [rule for rule in own_rules() if rule.family in READ and (rule.name in known or _is_listed(rule))]


def _is_listed(rule: Rule) -> bool:
    return not rule.code.endswith(
        "30"
    )  # the addresses from 30 on belong to rules about Cellwall's own runtime


def table() -> Iterator[str]:
    """Give the table as lines of Markdown."""
    found = counted()
    yield "| rule | status | read | true | debatable | false | false alarms |"
    yield "|---|---|---|---|---|---|---|"
    for rule in judged_rules():
        one = found.get(rule.name, Counter())
        percent = f"{share(one):.0%}" if one else "nothing found"
        cells = [str(one.total()), *(str(one[verdict]) for verdict in VERDICTS), percent]
        yield f"| {rule.code} `{rule.name}` | {rule.status} | {' | '.join(cells)} |"
    packages = corpus()
    files, lines = (sum(int(one[key]) for one in packages) for key in ("files", "lines"))
    yield ""
    yield f"{len(packages)} packages, {files:,} files, {lines:,} lines: " + ", ".join(
        f"{one['package']} {one['version']}" for one in packages
    )


def page() -> str:
    """Give the page with the table as it should be."""
    text = (DOCS / "false-alarms.md").read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n" + "\n".join(table()) + f"\n{END}{tail}"


def main(arguments: list[str]) -> int:
    """Write the page, or tell whether it is up to date."""
    path = DOCS / "false-alarms.md"
    if "--check" in arguments:
        return int(path.read_text(encoding="utf-8") != page())
    path.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
