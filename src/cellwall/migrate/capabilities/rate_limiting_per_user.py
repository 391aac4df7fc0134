"""Writes tests that each user has a budget of requests of its own."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.budgets import Budgets
from cellwall.migrate.new_tests.canaries import canary, users
from cellwall.migrate.new_tests.http_requests import Requests
from cellwall.migrate.new_tests.optional import spelled_ones
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation

_APP_TEST: Final = "test_the_application_refuses_only_who_asked_too_often"


def _tests(say: Spelling) -> str:
    return spelled_ones(say, _budgets, _app)


def _budgets(say: Spelling) -> str:
    budgets = Budgets(say)
    return f"{budgets.helper()}{_used_up(budgets)}\n\n{_one_after_another(budgets)}"


def _used_up(budgets: Budgets) -> str:
    test = "test_a_used_up_budget_refuses_its_own_user_alone"
    stated = isolation(
        "first and second are the ids of two users",
        f"{budgets.name} counts the requests of each apart",
        "first is refused after its budget, and second is still allowed a request",
    )
    return f"""
async def {test}():
    {stated}
    first, second = {canary(test, "amber")}, {canary(test, "birch")}
    assert {budgets.allows("second")}
    assert {budgets.spend("first")} > 0
    assert {budgets.allows("second")}
"""


def _one_after_another(budgets: Budgets) -> str:
    test = "test_every_user_begins_with_a_budget"
    stated = isolation(
        "each of users has an id of its own",
        f"{budgets.name} counts the requests of each apart while they use up their budgets in a row",
        "every user is allowed a request at first, whoever was refused before",
    )
    return f"""
async def {test}():
    {stated}
    users = {users(test, 5)}
    for user in users:
        assert {budgets.allows("user")}
        {budgets.spend("user")}
"""


def _app(say: Spelling) -> str:
    web, test = Requests(say), _APP_TEST
    stated = isolation(
        "first and second are clients with the tokens of two users",
        f"the app of {web.name} counts the requests of each token's user apart",
        "first is answered 429 after many requests, and second is answered as ever",
    )
    return f"""
{web.helper()}async def {test}():
    {stated}
    app = {web.app}
    async with (
        {web.client(canary(test, "amber"))} as first,
        {web.client(canary(test, "birch"))} as second,
    ):
        for _ in range(2_000):
            answer_to_first = {web.read("first")}
            if answer_to_first.status_code == 429:
                break
        answer_to_second = {web.read("second")}
    assert answer_to_first.status_code == 429
    assert answer_to_second.is_success
"""


CAPABILITY: Final = Capability(
    name="rate-limiting-per-user",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "rate limiting per user",
        "rate limiting user",
        "rate limit user",
        "rate limit",
        "rate limiting",
        "request limit user",
        "request budget",
        "throttling user",
    ),
    new_tests=NewTests(
        title="Each user has a budget of requests of its own.",
        role="limiter",
        write=_tests,
        roles={_APP_TEST: "app"},
    ),
)
