import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.fake import FakeEvaluator
from cellwall.migrate.criteria.judge import UNCOVERED, judge, judge_all
from cellwall.migrate.criteria.registry import all_evaluators
from cellwall.migrate.fake_run import halfway, started, whole
from cellwall.migrate.state import State

# Sentences of plans in several wordings, and the evaluators that have to judge them.
WORDINGS = [
    ("All tests updated with RequestContext pattern", {"context-pattern"}),
    ("Every fixture hands out a context that it has built for one user", {"context-pattern"}),
    ("No direct ThingRegistry.get_thing() calls remain", {"registry-calls"}),
    ("Nobody calls the global registry any more", {"registry-calls"}),
    ("All socket tests prove that users are kept apart", {"websocket-isolation"}),
    ("All WebSocket tests validate user isolation", {"websocket-isolation"}),
    ("The singleton WebSocketManager has disappeared", {"websocket-managers"}),
    ("Database sessions live no longer than one request", {"request-sessions"}),
    ("Database sessions properly scoped per request", {"request-sessions"}),
    ("Tests with several users at the same time cover every critical path", {"concurrent-user-tests"}),
    ("Concurrent user tests added to all critical paths", {"concurrent-user-tests"}),
    ("100% test pass rate after updates", {"pass-rate"}),
    ("The whole suite is green", {"pass-rate"}),
    ("Every test passes after the update", {"pass-rate"}),
    ("Each test still passes", {"pass-rate", "regressions"}),
    ("Every test passes its own user to the factory", set()),
    ("Zero Isolation Violations: No test allows data leakage", {"violations"}),
    ("The checker has no findings left", {"violations"}),
    ("100% Pattern Compliance: All tests use new patterns", {"pattern-compliance"}),
    ("No tool dispatcher is built without a user's context", {"tool-dispatchers"}),
    ("What passed before still passes", {"regressions"}),
    ("Coverage stays above 80%", {"coverage"}),
    ("Documentation: Every test documents its isolation strategy", {"isolation-statements"}),
    ("Documentation: each test says how it keeps users apart", {"isolation-statements"}),
    ("Maintainability: Clear, consistent patterns across all tests", {"consistency", "pattern-compliance"}),
    ("Maintainability: the same few patterns in all tests", {"consistency", "pattern-compliance"}),
    ("Performance: <5% overhead from isolation", {"overhead"}),
    ("The registry is documented", set()),
    ("The security audit finds nothing", {"security-audit"}),
    ("Audit logs name their user", set()),
    ("The team is happy", set()),
    ("", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), WORDINGS)
def test_the_words_of_a_sentence_choose_its_evaluators(text: str, names: set[str]) -> None:
    assert set(judge(State(), text, 1, all_evaluators()).by) == names


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Performance: <5% overhead", "no benchmark ran"),
        ("Maintainability: readable code", "for its readers to judge"),
        ("The registry is documented", "nobody read"),
        ("A security audit finds nothing", "no security audit"),
        ("The team is happy", UNCOVERED),
    ],
)
def test_what_cannot_be_measured_says_what_is_missing(text: str, missing: str) -> None:
    judged = judge(whole().state, text, 1, all_evaluators())
    assert judged.met is None
    assert missing in judged.evidence


def test_a_gap_does_not_hide_what_is_not_met() -> None:
    build = started().findings({"shared-session": 3})
    judged = judge(build.state, "Readable: new patterns across all tests", 1, all_evaluators())
    assert "for its readers to judge" in judged.evidence
    assert judged.met is False
    assert "3 findings remain" in judged.evidence


@pytest.mark.parametrize(
    ("answers", "met"),
    [
        ([True], True),
        ([True, True], True),
        ([True, None], None),
        ([True, False], False),
        ([None, False], False),
        ([], None),
    ],
)
def test_a_sentence_that_several_evaluators_cover_is_met_only_when_all_agree(
    answers: list[bool | None], met: bool | None
) -> None:
    evaluators = [FakeEvaluator(f"e{i}", "word", Judgement(a, f"because {i}")) for i, a in enumerate(answers)]
    judged = judge(State(), "a word", 7, evaluators)
    assert (judged.met, judged.line) == (met, 7)
    assert all(f"because {i}" in judged.evidence for i in range(len(answers)))


def test_criteria_and_metrics_come_from_the_plan_that_was_recorded() -> None:
    state = whole().state
    assert [row.line for row in judge_all(state, "criteria")] == [40, 41, 42, 43]
    assert [row.line for row in judge_all(state, "metrics")] == [50, 51]
    assert judge_all(State(), "criteria") == []
    fake = FakeEvaluator("f", "coffee", Judgement(True, "it shines"))
    assert [row.met for row in judge_all(state, "criteria", [fake])] == [None, None, None, True]


@given(st.text(max_size=200))
def test_no_sentence_breaks_an_evaluator(text: str) -> None:
    for state in (State(), halfway().state, whole().state):
        for evaluator in all_evaluators():
            evaluator.covers(text)
            assert evaluator.evaluate(state, text).met in (True, False, None)
