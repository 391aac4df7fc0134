"""What a finding's line says about its repair."""

from cellwall.check.edit import Safety
from cellwall.check.finding import Finding
from cellwall.check.reason import Reason


def repair_note(finding: Finding) -> str:
    """Say how a finding can be repaired, or why it was not; "" where only a person can repair it."""
    if finding.fix is not None:
        return "fixable" if finding.fix.safety is Safety.SAFE else "fixable with --unsafe-fixes"
    if finding.reason is Reason.BY_HAND and not finding.detail:
        return ""
    reason = finding.reason.value if finding.reason is not None else "no repair"
    return f"not repaired: {reason}: {finding.detail}" if finding.detail else f"not repaired: {reason}"
