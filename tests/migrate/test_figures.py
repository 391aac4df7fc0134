from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate import events as e
from cellwall.migrate import figures
from cellwall.migrate.fake_run import RunBuilder, halfway, site, started, whole
from cellwall.migrate.state import State


def test_an_empty_state_has_done_nothing() -> None:
    state = State()
    assert (figures.files_in_scope(state), figures.files_updated(state), figures.files_unchanged(state)) == (
        0,
    ) * 3
    assert (figures.findings_before(state), figures.findings_after(state), figures.findings_left(state)) == (
        None,
    ) * 3
    assert figures.findings_by_rule(state) == {}


def test_only_merged_batches_count() -> None:
    state = halfway().state
    assert figures.files_updated(state) == 1
    assert figures.anti_patterns_removed(state) == 1
    assert figures.files_proposed(state) == 2  # the refused one is not counted


def test_a_new_file_is_added_and_not_updated() -> None:
    state = whole().state
    assert (figures.files_updated(state), figures.files_added(state), figures.files_unchanged(state)) == (
        6,
        1,
        2,
    )


def test_a_test_module_that_an_agent_writes_is_added() -> None:
    build = (
        started().plan("a01-b000", 1, "tests/cart/test_a.py").merge("a01-b000", 1, ["tests/cart/test_a.py"])
    )
    state = build.write("a01-b001", 1, {"tests/cart/test_new.py": "a-capability"}).state
    assert (figures.files_updated(state), figures.files_added(state)) == (1, 1)


def test_what_a_capability_added_is_no_removal() -> None:
    added = {**site("tests/cart/test_a.py", 9, pattern="concurrent users"), "rule": ""}
    sites = [site("tests/cart/test_a.py", 3, pattern="agent factory"), added]
    build = started().add(e.PatchProposed("a01-b000", 1, "f", ["tests/cart/test_a.py"], sites, [], 0.1))
    state = build.add(e.BatchMerged("a01-b000", 1, "c", ["tests/cart/test_a.py"])).state
    assert figures.anti_patterns_removed(state) == 1
    assert figures.patterns(state) == {"agent factory": 1, "concurrent users": 1}


def test_findings_left_are_estimated_until_they_are_measured() -> None:
    build = started().merge("a01-b000", 1, ["tests/cart/test_a.py"])
    assert figures.findings_left(build.state) == 11
    assert figures.findings_left(build.findings({"shared-session": 3}).state) == 3


def test_findings_by_rule_name_rules_of_both_ends() -> None:
    state = RunBuilder().start().survey({"a": 2}).findings({"b": 1}).state
    assert figures.findings_by_rule(state) == {"a": {"before": 2, "after": 0}, "b": {"before": 0, "after": 1}}
    unmeasured = RunBuilder().start().survey({"a": 2}).state
    assert figures.findings_by_rule(unmeasured) == {"a": {"before": 2, "after": None}}


@given(st.lists(st.tuples(st.integers(1, 2), st.sets(st.integers(0, 3))), max_size=8))
def test_updated_and_unchanged_make_the_scope(batches: list[tuple[int, set[int]]]) -> None:
    build = RunBuilder().start().survey(files_in_scope=4 * len(batches))
    for number, (agent, changed) in enumerate(batches):
        paths = [f"t{number}/{i}.py" for i in range(4)]
        build.plan(f"a0{agent}-b{number:03}", agent, *paths)
        build.merge(f"a0{agent}-b{number:03}", agent, [paths[i] for i in sorted(changed)])
    state = build.state
    assert figures.files_updated(state) + figures.files_unchanged(state) == figures.files_in_scope(state)
