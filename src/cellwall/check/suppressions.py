"""Suppressions: `# cellwall: allow[rule-name] reason` on a finding's line or on the line above it."""

import io
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from cellwall.check.finding import Finding

_COMMENT: Final = re.compile(r"#\s*cellwall:\s*allow\[([^\]]*)\]\s*(.*)")


def suppressed(source: bytes, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Mark the findings that a comment silences; a comment without a reason silences nothing."""
    if not findings or b"cellwall:" not in source:
        return tuple(findings)
    allowed = _allowed(source)
    return tuple(_mark(finding, allowed) for finding in findings)


def _mark(finding: Finding, allowed: Mapping[int, Mapping[str, str]]) -> Finding:
    for name in (finding.rule, finding.code):
        reason = allowed.get(finding.line, {}).get(name)
        if reason:
            return replace(finding, suppressed=reason)
    return finding


def _allowed(source: bytes) -> dict[int, dict[str, str]]:
    """Give, per line, the reason for each rule that is allowed there."""
    lines: dict[int, dict[str, str]] = {}
    for line, alone, text in _comments(source):
        match = _COMMENT.match(text)
        if match is None:
            continue
        target = line + 1 if alone else line
        for name in match.group(1).split(","):
            lines.setdefault(target, {})[name.strip()] = match.group(2).strip()
    return lines


def _comments(source: bytes) -> Iterable[tuple[int, bool, str]]:
    """Give line, whether nothing stands before it, and text of each real comment (not of strings)."""
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], not token.line[: token.start[1]].strip(), token.string
    except (tokenize.TokenError, SyntaxError, UnicodeError):
        return
