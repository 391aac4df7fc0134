"""Judges whether the WebSocket tests set two users against each other."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.criteria.together import together
from cellwall.migrate.criteria.two_users import two_users
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms

TERMS: Final = Terms(
    (
        ("websocket", "web socket", "socket"),
        ("isolat", "leak", "own user", "other user", "cross user", "per user", "apart", "separat", "foreign",
         "right user", "correct user", "only to"),
    )
)  # fmt: skip


@final
class WebSocketIsolation:
    """Met when no singleton manager is left, every WebSocket test module tests two users, and they pass."""

    name = "websocket-isolation"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by findings, by the tests of two users, and by their outcomes."""
        return together([findings_gone(state, "websocket"), two_users(state, "websocket")])


EVALUATOR: Final = WebSocketIsolation()
