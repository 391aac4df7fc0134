"""Judges whether the security audit among the validation commands showed one user's data to another."""

import re
from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.together import together
from cellwall.migrate.events import CommandHandled
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms

TERMS: Final = Terms((("audit", "security bound"),), never=("audit log", "audit trail", "audit record"))
_AUDIT: Final = re.compile(r"\bsecurity_audit\.py\b|\bcellwall\s+audit\b")
_CLEAN, _FOUND, _TOO_LITTLE = 0, 1, 3  # exit codes of `cellwall audit`


@final
class SecurityAudit:
    """Met when an audit of the application ran and ended with nothing found and enough tested."""

    name = "security-audit"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the audits that ran as validation commands; none of them leaves it unmeasured."""
        audits = [each for each in state.commands if _AUDIT.search(each.command)]
        return together(
            [_judged(each) for each in audits] or [Judgement(None, "no security audit was part of the run")]
        )


def _judged(audit: CommandHandled) -> Judgement:
    if not audit.ran:
        return Judgement(None, f"the security audit did not run: {audit.note}")
    if audit.exit_code == _CLEAN:
        return Judgement(True, f"the security audit: {audit.note}")
    if audit.exit_code == _FOUND and audit.findings:
        first = audit.findings[0]
        return Judgement(
            False,
            f"the security audit found {len(audit.findings)}, first {first['kind']} at {first['target']}",
        )
    if audit.exit_code == _TOO_LITTLE:
        return Judgement(None, f"the security audit tested too little: {audit.note}")
    return Judgement(None, f"the security audit ended with code {audit.exit_code}")


EVALUATOR: Final = SecurityAudit()
