"""Fingerprints of findings: the same before and after lines move, files grow, or spaces change."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from cellwall.check.finding import Finding


def fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Give each finding with its fingerprint, 32 hexadecimal digits.

    It is made of path, rule and the text of the line, spaces aside; of several equal ones in a file the
    second, third, ... are told apart by their number. A renamed file or a changed line makes new ones.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        key = (finding.path, finding.code, " ".join(finding.excerpt.split()))
        seen[key] += 1
        text = "\0".join((*key, str(seen[key])))
        yield finding, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
