"""Judges whether tests of several users at once exist where the plan wants them."""

from typing import Final, final

from cellwall.migrate.criteria.critical_paths import critical_paths
from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.two_users import two_users
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, spoken

TERMS: Final = Terms(
    (
        ("concurren", "parallel", "simultan", "at once", "same time", "several user", "many user", "two user",
         "multi user", "multiple user"),
        ("user", "request"),
        ("test", "scenario", "path", "suite"),
    )
)  # fmt: skip


@final
class ConcurrentUserTests:
    """Met when every test module tests two users; of critical paths, when their modules and all roles do."""

    name = "concurrent-user-tests"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the modules with a test of two users and by the outcomes of the tests."""
        return critical_paths(state) if " critical" in spoken(text) else two_users(state, "all")


EVALUATOR: Final = ConcurrentUserTests()
