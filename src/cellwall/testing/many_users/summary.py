"""The summary at the end of pytest's output: how many tests ran as many users, and what was found."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cellwall.canary.watch import NEVER_SEEN
from cellwall.project.number_of import number_of
from cellwall.testing.certificate_lines import certificate_lines
from cellwall.testing.many_users.report import RECORD


def records(reports: Iterable[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give node id and record of each test that was asked to run as many."""
    for report in reports:
        if getattr(report, "when", None) != "call":
            continue
        for name, value in report.user_properties:
            if name == RECORD:
                yield report.nodeid, json.loads(value)


def summary_lines(reports: Iterable[Any]) -> list[str]:
    """Give the lines; none where no test was asked to."""
    found = list(records(reports))
    many = [record for _, record in found if record["verdict"] != "alone"]
    lines = []
    if many:
        users = sorted({record.get("users", 0) for record in many})
        runs = sum(record.get("runs", 0) for record in many)
        verdicts = Counter(record["verdict"] for record in many)
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(verdicts.items()))
        lines.append(
            f"{number_of(len(many), 'test')} ran as {_range(users)} users in {number_of(runs, 'run')}: {told}"
        )
    lines += _probed(many)
    if in_threads := sum("threads" in record for record in many):
        lines.append(f"{in_threads} of them in threads: nothing controls their schedule")
    unseen = Counter(text for record in many for text in record.get("unseen", ()))
    lines += [f"not seen in {number}: {text}" for text, number in sorted(unseen.items())]
    lines += [f"never seen: {'; '.join(NEVER_SEEN)}"] if many else []
    declared = Counter(text for record in many for text in record.get("declared", ()))
    lines += [f"declared in {number}: {text}" for text, number in sorted(declared.items())]
    lines += certificate_lines([record["certificate"] for record in many if "certificate" in record])
    lines += [
        f"{node}: conditional, only if an await suspends that does not as written: {text}"
        for node, record in found
        for text in record.get("conditional", ())
    ]
    for why, number in sorted(
        Counter(record["text"] for _, record in found if record["verdict"] == "alone").items()
    ):
        lines.append(f"{number_of(number, 'test')} ran as one user: {why}")
    lines += [
        f"{node}: {record['verdict'].upper()}: {record['text']}"
        for node, record in found
        if record["verdict"] not in ("alone", "passed", "not judged")
    ]
    return lines


def _probed(many: list[dict[str, Any]]) -> list[str]:
    """Name the probes, and tell what they noted."""
    tests = Counter(name for record in many for name in record.get("probes", ()))
    if not tests:
        return []
    noted = Counter(note for record in many for note in record.get("notes", ()))
    lines = [f"probed {number_of(max(tests.values()), 'test')}: {', '.join(tests)}"]
    return [*lines, *(f"  to look at, in {number}: {text}" for text, number in sorted(noted.items()))]


def _range(users: list[int]) -> str:
    return str(users[0]) if len(users) == 1 else f"{users[0]} to {users[-1]}"
