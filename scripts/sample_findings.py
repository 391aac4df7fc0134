"""Chooses, by a seed, which findings of each rule are read by a person.

Runs `cellwall check` with all rules, those in preview included, over each package (a folder inside of the
folders given), keeps what it said in `--kept`, and writes a line a chosen finding: package, path, line,
rule, severity, message. Of a rule that found no more than `--each`, all are chosen; otherwise one package
after the other gives one, in an order that depends on the seed, so that no package stands for all. Findings
of severity info, which fail no check, are chosen only with `--info`.
`python scripts/sample_findings.py FOLDER ... --kept DIR [--seed N] [--each N] [--rules NAME ...] [--info]`
"""

import argparse
import csv
import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

FIELDS = ("package", "path", "line", "rule", "severity", "message")
Found = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Check what was not checked before, and print the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path, help="folders of packages")
    parser.add_argument(
        "--kept", type=Path, required=True, help="where the findings of each package are kept"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=30, help="how many findings of a rule")
    parser.add_argument("--rules", nargs="*", help="names of rules; all when none is named")
    parser.add_argument("--info", action="store_true", help="those of severity info too")
    chosen = parser.parse_args(arguments)
    chosen.kept.mkdir(parents=True, exist_ok=True)
    found = [one for package in packages(chosen.folders) for one in findings(package, chosen.kept)]
    wanted = [
        one
        for one in found
        if (not chosen.rules or one["rule"] in chosen.rules) and (chosen.info or one["severity"] != "info")
    ]
    writer = csv.DictWriter(sys.stdout, FIELDS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sample(wanted, chosen.each, chosen.seed))
    return 0


def packages(folders: Sequence[Path]) -> Iterator[Path]:
    """Give the folders of packages, by name."""
    for folder in folders:
        yield from sorted(one for one in folder.iterdir() if one.is_dir())


def findings(package: Path, kept: Path) -> list[Found]:
    """Give what the rules find in one package; worked out once."""
    file = kept / f"{package.parent.name}+{package.name}.jsonl"
    if not file.is_file():
        command = [sys.executable, "-m", "cellwall", "check", "--repo", str(package), "--preview"]
        command += ["--format", "jsonl", "--no-cache", "--jobs", "1", "--exit-zero"]
        ran = subprocess.run(command, capture_output=True, check=False)
        if ran.returncode:
            print(f"{package}: {ran.stderr.decode(errors='replace')[-300:]}", file=sys.stderr)
        file.write_bytes(ran.stdout)
    lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    return [one | {"package": package.name} for one in lines if one.get("kind") == "finding"]


def sample(found: Sequence[Found], each: int, seed: int) -> Iterator[Found]:
    """Give at most `each` findings of every rule, one of every package before a second one of any."""
    by_rule: dict[str, dict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        by_rule[one["rule"]][one["package"]].append(one)
    for rule in sorted(by_rule):
        chance = random.Random(f"{seed} {rule}")
        of_packages = list(by_rule[rule].values())
        chance.shuffle(of_packages)
        for of_one in of_packages:
            chance.shuffle(of_one)
        turns = chain.from_iterable(zip_longest(*of_packages))
        yield from islice((one for one in turns if one is not None), each)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
