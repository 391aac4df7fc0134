"""Counts the labels of findings that were read, and writes the table of docs/false-alarms.md.

`docs/labels/findings.csv` has a line a finding: package, version, path, line, rule, severity, the verdicts of
a first and of a second reader (nothing where it was read once), whether the rule reports it today, and a note
of each reader. Of packages, the rules' author was the first reader.
`docs/labels/corpus.csv` has a line a package with its files and lines. `--check` tells whether the page is
true.
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from operator import itemgetter
from pathlib import Path

from cellwall.check.family import Family
from cellwall.check.rule import Rule
from cellwall.check.rule_registry import own_rules

DOCS = Path(__file__).resolve().parent.parent / "docs"
VERDICTS = ("true", "debatable", "false")  # from the mildest to the strictest
READERS = ("verdict", "second_verdict")
REPORTED, MENDED = "reported", "mended"  # a rule mended after the second reading reports a finding no more
LIMIT = 0.1  # the share of false alarms that a stable rule may have
READ = (
    Family.PLANS,
    Family.STATE,
    Family.ASYNC,
    Family.DATA,
    Family.CACHES,
    Family.SOCKETS,
    Family.TOKENS,
    Family.TESTS,
)
HELD_OUT, APPLICATIONS = "held out", "applications"
OWN_RUNTIME = 30  # from here on, the addresses of a family are of rules about Cellwall's own runtime
BEGIN, END = "<!-- table begins -->", "<!-- table ends -->"


def labels() -> list[dict[str, str]]:
    """Give the labelled findings."""
    with (DOCS / "labels" / "findings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def corpus() -> list[dict[str, str]]:
    """Give the packages that were checked."""
    with (DOCS / "labels" / "corpus.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stricter(label: dict[str, str]) -> str:
    """Give the stricter of the two verdicts: false before debatable before true."""
    return max((label[reader] for reader in READERS if label[reader]), key=VERDICTS.index)


def counted(
    packages: Collection[str] | None = None, verdict: Callable[[dict[str, str]], str] = stricter
) -> dict[str, Counter[str]]:
    """Give rule -> how many findings have which verdict, in some packages or in all.

    Findings of severity info do not count, nor those that the rule reports no more.
    """
    found: dict[str, Counter[str]] = {}
    for label in labels():
        is_counted = label["severity"] != "info" and label["today"] == REPORTED
        if is_counted and (packages is None or label["package"] in packages):
            found.setdefault(label["rule"], Counter())[verdict(label)] += bool(verdict(label))
    return found


def share(verdicts: Counter[str]) -> float:
    """Give the share of false alarms, 0 where nothing was found."""
    return verdicts["false"] / verdicts.total() if verdicts else 0.0


def judged_rules() -> list[Rule]:
    """Give the rules whose findings are read here, by code: those about code in general."""
    return [rule for rule in own_rules() if rule.family in READ and int(rule.code[3:]) < OWN_RUNTIME]


def table() -> Iterator[str]:
    """Give the table as lines of Markdown."""
    apart, applied = (
        counted({one["package"] for one in corpus() if one["use"] == use}) for use in (HELD_OUT, APPLICATIONS)
    )
    found, *readers = counted(), *(counted(verdict=itemgetter(reader)) for reader in READERS)
    yield (
        "| rule | status | read | first reader: true, debatable, false | second: true, debatable, false "
        "| false by either | held out: read, false | applications: read, false |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for rule in judged_rules():
        one = found.get(rule.name, Counter())
        said = (reader.get(rule.name, Counter()) for reader in readers)
        cells = [str(one.total()), *(", ".join(str(by[verdict]) for verdict in VERDICTS) for by in said)]
        cells += [f"{share(one):.0%}" if one else "nothing found"]
        parts = (part.get(rule.name, Counter()) for part in (apart, applied))
        cells += [f"{part.total()}, {part['false']}" for part in parts]
        yield f"| {rule.code} `{rule.name}` | {rule.status} | {' | '.join(cells)} |"
    yield from packages_used()
    yield from readings()


def readings() -> Iterator[str]:
    """Give how far the two readers agree, and where they do not, alike disagreements in one line."""
    every = [label for label in labels() if label["second_verdict"]]
    agreed = sum(label["verdict"] == label["second_verdict"] for label in every)
    yield ""
    yield f"**Two readings**: {len(every)} findings, the same verdict on {agreed}. The others:"
    yield ""
    yield "| rule | package | lines | first reader | second reader | the second reader's reason | today |"
    yield "|---|---|---|---|---|---|---|"
    apart: dict[tuple[str, ...], list[str]] = {}
    for label in every:
        if label["verdict"] != label["second_verdict"]:
            key = tuple(label[name] for name in ("rule", "package", *READERS, "second_note", "today"))
            apart.setdefault(key, []).append(f"{'/'.join(label['path'].split('/')[-2:])}:{label['line']}")
    for (rule, package, *rest), places in sorted(apart.items()):
        yield f"| {rule} | {package} | {', '.join(places)} | {' | '.join(rest)} |"


def packages_used() -> Iterator[str]:
    """Give what was checked, those that the rules were improved on and those held out apart."""
    for use in dict.fromkeys(one["use"] for one in corpus()):
        packages = [one for one in corpus() if one["use"] == use]
        files, lines = (sum(int(one[key]) for one in packages) for key in ("files", "lines"))
        names = ", ".join(f"{one['package']} {one['version']}" for one in packages)
        yield ""
        yield f"**{use.capitalize()}**: {len(packages)} packages, {files:,} files, {lines:,} lines: {names}."


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
