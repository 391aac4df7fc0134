"""Writes tests that what one user uses up, floods or breaks is missing for nobody else."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.budgets import Budgets
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.connections import Connections
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.rows import Rows
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation

_FLOOD: Final = "test_a_flood_of_events_for_one_user_delays_no_other"
_BUDGET: Final = "test_one_users_used_up_budget_is_nobody_elses"


def _tests(say: Spelling) -> str:
    return spelled_ones(say, _failed_session, _flood, _budget)


def _failed_session(say: Spelling) -> str:
    rows, test = Rows(say), "test_a_session_that_fails_takes_nothing_from_the_next_user"
    mine, theirs = canary(test, "amber-row"), canary(test, "birch-row")
    say.use("import pytest")
    stated = isolation(
        "first and second are contexts of two users",
        f"{say.name_of('session')} takes back what the session of first did, and opens a new one for second",
        "the session of second reads its own row and not the one of first",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    with pytest.raises(RuntimeError, match="in the middle of a request"):
        {rows.open("first", "first_session")}:
            {rows.do("first_session", "add", rows.row(mine))}
            {rows.do("first_session", "flush")}
            raise RuntimeError("in the middle of a request")
    {rows.open("second", "second_session")}:
        {rows.do("second_session", "add", rows.row(theirs))}
        {rows.do("second_session", "commit")}
        read_by_second = {rows.texts("second_session")}
    assert {theirs} in read_by_second
    assert {mine} not in read_by_second
"""


def _flood(say: Spelling) -> str:
    ws, test = Connections(say), _FLOOD
    amber, birch = canary(test, "amber"), canary(test, "birch")
    mine, theirs = canary(test, "amber-event"), canary(test, "birch-event")
    stated = isolation(
        "first and second are connections of two users, of whom first reads nothing",
        f"one {ws.name} lets events wait for each user apart",
        "after 1000 events for first, the received_events of second are its own one alone",
    )
    return f"""
async def {test}():
    {stated}
    pool = {ws.pool}
    first = {ws.register(amber, canary(test, "amber-laptop"))}
    second = {ws.register(birch, canary(test, "birch-laptop"))}
    for _ in range(1_000):
        {ws.send(amber, f'{{"event": {mine}}}')}
    {ws.send(birch, f'{{"event": {theirs}}}')}
    assert {{"event": {mine}}} in first.received_events
    assert second.received_events == [{{"event": {theirs}}}]
"""


def _budget(say: Spelling) -> str:
    budgets, test = Budgets(say), _BUDGET
    stated = isolation(
        "greedy_user and other_users have ids of their own",
        f"{budgets.name} counts the requests of each apart",
        "each of other_users is allowed a request after greedy_user is refused",
    )
    return f"""
{budgets.helper()}async def {test}():
    {stated}
    greedy_user = {canary(test, "amber")}
    other_users = [{", ".join(canary(test, name) for name in ("birch", "cedar", "dogwood"))}]
    {budgets.spend("greedy_user")}
    assert not {budgets.allows("greedy_user")}
    assert [{budgets.allows("user")} for user in other_users] == [True, True, True]
"""


CAPABILITY: Final = Capability(
    name="resource-exhaustion",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "resource exhaustion",
        "resource exhausted",
        "exhaustion scenario",
        "exhausted user",
        "noisy neighbour",
        "noisy neighbor",
        "resource starvation",
        "full queue user",
    ),
    new_tests=NewTests(
        title="What one user uses up is missing for nobody else.",
        role="session",
        write=_tests,
        roles={_FLOOD: "pool", _BUDGET: "limiter"},
    ),
)
