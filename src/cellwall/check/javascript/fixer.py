"""Applies fixes to one script's bytes, round by round, until nothing more can be repaired. Writes no file."""

from collections.abc import Iterable
from typing import Final

from cellwall.check.changed_lines import EVERY_LINE, Ranges, touches
from cellwall.check.edit import Safety, apply_edits
from cellwall.check.finding import Finding
from cellwall.check.fixer import DROPPED, FixResult
from cellwall.check.javascript.engine import check_script
from cellwall.check.lines import LineIndex
from cellwall.check.offset_map import OffsetMap
from cellwall.check.original_place import originally
from cellwall.check.reason import Reason
from cellwall.check.settings import CheckSettings

MAX_ROUNDS: Final = 12


def fix_script(
    path: str,
    source: bytes,
    settings: CheckSettings,
    *,
    unsafe: bool = False,
    lines: Ranges = EVERY_LINE,
) -> FixResult:
    """Repair what can be repaired in one script, a finding a round; a second run changes nothing.

    A fix after which the script would not parse, or would have as many findings of its rule, is dropped.
    Findings that touch none of `lines` (of the script as it came) are left alone, and left out.
    """
    before, moved = LineIndex(source), list[OffsetMap]()

    def wanted(findings: Iterable[Finding]) -> list[Finding]:
        now = LineIndex(source)
        return [f for f in findings if touches(originally(f, now, moved, before), lines)]

    repaired: list[Finding] = []
    dropped: set[tuple[str, str]] = set()
    findings = check_script(path, source, settings).findings
    for _ in range(MAX_ROUNDS + 2 * len(findings)):
        chosen = next(
            (f for f in wanted(findings) if _is_open(f, unsafe) and (f.code, f.message) not in dropped), None
        )
        if chosen is None or chosen.fix is None:
            break
        after = apply_edits(source, chosen.fix.edits)
        report = check_script(path, after, settings)
        left = sum(f.code == chosen.code for f in report.findings)
        if report.parse_error is not None or left >= sum(f.code == chosen.code for f in findings):
            dropped.add((chosen.code, chosen.message))
            continue
        repaired.append(originally(chosen, LineIndex(source), moved, before))
        moved.append(OffsetMap.of(chosen.fix.edits))
        source, findings = after, report.findings
    remaining = (
        f._replace(fix=None, reason=Reason.UNKNOWN_SHAPE, detail=DROPPED) if _is_open(f, unsafe) else f
        for f in wanted(findings)
    )
    return FixResult(source, tuple(repaired), tuple(remaining))


def _is_open(finding: Finding, unsafe: bool) -> bool:
    allowed = finding.fix is not None and (unsafe or finding.fix.safety is Safety.SAFE)
    return allowed and finding.suppressed is None
