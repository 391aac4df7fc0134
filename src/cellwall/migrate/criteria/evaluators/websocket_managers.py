"""Judges whether singleton WebSocket managers are gone."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms

TERMS: Final = Terms((("websocket", "web socket", "socket"), ("manager", "singleton", "global", "pool")))


@final
class WebSocketManagers:
    """Met when no finding of a singleton, module-level or accessor manager is left."""

    name = "websocket-managers"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the findings that are left."""
        return findings_gone(state, "websocket")


EVALUATOR: Final = WebSocketManagers()
