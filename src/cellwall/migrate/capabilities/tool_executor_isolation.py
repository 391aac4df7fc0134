"""Writes tests that the tools and the history of one user's dispatcher are no other user's."""

from typing import Final

from cellwall.migrate.capabilities.capability import NEW, Capability, NewTests, subjects
from cellwall.migrate.new_tests.canaries import canary
from cellwall.migrate.new_tests.contexts import two_contexts
from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.spelling import Spelling
from cellwall.migrate.new_tests.statement import isolation
from cellwall.migrate.new_tests.tool_calls import ToolCalls


def _tests(say: Spelling) -> str:
    calls = ToolCalls(say)
    return held_texts(say) + f"{_kept_apart(say, calls)}\n\n{_answers(say, calls)}"


def _kept_apart(say: Spelling, calls: ToolCalls) -> str:
    test = "test_what_a_dispatcher_keeps_stays_with_its_user"
    mine, theirs = canary(test, "amber-line"), canary(test, "birch-line")
    stated = isolation(
        "first and second are contexts of two users",
        f"{calls.factory} makes a dispatcher for each",
        "what first_tools was given is not held by second_tools, nor the other way round",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    first_tools = {calls.make("first")}
    second_tools = {calls.make("second")}
    {calls.run("first_tools", mine)}
    {calls.run("second_tools", theirs)}
    assert {mine} in texts_held_by(first_tools)
    assert {mine} not in texts_held_by(second_tools)
    assert {theirs} in texts_held_by(second_tools)
    assert {theirs} not in texts_held_by(first_tools)
"""


def _answers(say: Spelling, calls: ToolCalls) -> str:
    test = "test_a_tool_answers_without_what_others_gave_it"
    mine, theirs = canary(test, "amber-line"), canary(test, "birch-line")
    stated = isolation(
        "first and second are contexts of two users",
        f"{calls.factory} makes later_tools after the tool of first has run",
        "neither the answer to second nor later_tools holds what first gave",
    )
    return f"""
async def {test}():
    {stated}
    {two_contexts(say, test)}
    first_tools = {calls.make("first")}
    {calls.run("first_tools", mine)}
    later_tools = {calls.make("second")}
    answer = {calls.run("later_tools", theirs)}
    assert {mine} in texts_held_by(first_tools)
    assert {mine} not in texts_held_by(answer)
    assert {mine} not in texts_held_by(later_tools)
"""


CAPABILITY: Final = Capability(
    name="tool-executor-isolation",
    rules=(),
    verbs=NEW,
    subjects=subjects(
        "tool executor isolation",
        "tool isolation",
        "executor isolation",
        "dispatcher isolation",
        "tool isolated",
        "tool executor separate",
        "dispatcher isolated",
        "tool dispatcher user",
    ),
    new_tests=NewTests(
        title="The tools of one user's dispatcher, and its history, are no other user's.",
        role="dispatcher",
        write=_tests,
    ),
)
