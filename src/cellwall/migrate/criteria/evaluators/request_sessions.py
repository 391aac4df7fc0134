"""Judges whether database sessions live no longer than one request."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms

TERMS: Final = Terms(
    (
        ("session", "database connection", "transaction"),
        ("request", "per user", "per test", "scope", "shar", "isolat", "separat", "own ", "apart", "leak"),
    ),
    never=("login", "cookie", "jwt", "browser"),
)


@final
class RequestSessions:
    """Met when no finding of a shared session is left."""

    name = "request-sessions"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the findings that are left."""
        return findings_gone(state, "session")


EVALUATOR: Final = RequestSessions()
