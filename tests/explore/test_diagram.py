"""The diagram: lanes, the places where tasks wait, what was seen, and no way to smuggle markup."""

import asyncio
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from cellwall import canary
from cellwall.explore import Run, Schedule, explore
from cellwall.explore.diagram import diagram_html, diagram_svg
from cellwall.explore.machine import Machine
from cellwall.explore.steps import Step
from cellwall.explore.telling import steps_of

SVG = "{http://www.w3.org/2000/svg}"


async def broken(run: Run) -> None:
    """Ten users, one attribute."""
    state = {"user": ""}

    async def visit(user: str) -> None:
        state["user"] = user
        await asyncio.sleep(0)
        assert state["user"] == user, f"{user} got {state['user']}"

    async def late(user: str, steps: int) -> None:
        await asyncio.sleep(0.01 * steps)
        await visit(user)

    run.begin()
    for number in range(11):
        run.handler(f"u{number}", late(f"u{number}", number))
    await run.all()


def texts(svg: str) -> list[str]:
    """Give every text of the drawing."""
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_each_handler_has_a_lane_in_a_natural_order() -> None:
    [failure] = explore(broken, schedules=200).failures
    said = texts(diagram_svg(failure.steps, failure.message, str(failure.schedule)))
    assert said[:2] == [failure.message, str(failure.schedule)]
    lanes = [text for text in said if text.startswith("u") and text[1:].isdecimal()]
    assert lanes == [f"u{number}" for number in range(11)]
    assert "loop and connections" in said


def test_the_place_and_the_failure_are_shown_and_it_alone_is_red() -> None:
    [failure] = explore(broken, schedules=200).failures
    svg = diagram_svg(failure.steps)
    said = texts(svg)
    assert any(text.startswith("test_diagram.py:") and "visit" in text for text in said)
    assert said.count(failure.message) == 1
    boxes = [
        box for box in ElementTree.fromstring(svg).iter(f"{SVG}rect") if box.get("fill-opacity") == "0.95"
    ]
    assert len(boxes) == 1


def test_a_cancellation_is_marked_in_the_step_that_it_follows() -> None:
    async def scenario(run: Run) -> None:
        lock = asyncio.Lock()

        async def alice() -> None:
            await lock.acquire()
            await asyncio.sleep(0)
            lock.release()

        async def bob() -> None:
            await asyncio.sleep(0)
            await asyncio.wait_for(lock.acquire(), 5)
            lock.release()

        run.begin()
        run.handler("alice", alice())
        run.handler("bob", bob())
        await run.all()

    [failure] = explore(scenario, schedules=200).failures
    [step] = [step for step in failure.steps if "alice is cancelled" in step.marks]
    assert step.lane == "alice"
    assert "alice is cancelled" in texts(diagram_svg(failure.steps))


def test_names_are_escaped() -> None:
    step = Step("<script>", True, "", 0, "<b>", 0.0, False, ("<img src=x>",))
    html = diagram_html([step], "<title>", "</svg>")
    assert not {"<script>", "<img", "<title></title>"} & {html}
    assert "<img" not in html
    assert "<script>" not in html
    assert "&lt;img src=x&gt;" in html


def test_a_very_long_run_is_cut_at_the_front_and_says_so() -> None:
    steps = [Step("alice", True, "/app/x.py", number, "f", 0.0, False) for number in range(1000)]
    said = texts(diagram_svg(steps, "title"))
    assert said[0] == "title (600 steps before are left out)"
    assert any("x.py:999" in text for text in said)


def test_no_steps_make_an_empty_drawing() -> None:
    assert texts(diagram_svg([], "nothing"))[0] == "nothing"


def test_a_step_waits_in_the_users_code_not_in_ours() -> None:
    names: dict[str, Any] = {"sleep": asyncio.sleep}
    sink = str(Path(canary.__file__).parent / "sinks/redis_commands.py")
    exec(compile("async def call():\n    await sleep(0)\n", sink, "exec"), names)

    async def ask() -> None:
        await names["call"]()

    async def scenario(run: Run) -> None:
        run.begin()
        run.handler("alice", ask())
        await run.all()

    steps, _ = steps_of(Machine(scenario), Schedule())
    [waits] = [step for step in steps if step.lane == "alice" and not step.ended]
    assert (waits.path, waits.function) == (__file__, "ask")


def test_the_line_can_be_read_however_long_names_are() -> None:
    step = Step(
        "alice", True, "/a/test_sessions_of_many_users.py", 1234, "a_function_with_a_long_name", 0.0, False
    )
    texts = [text.text or "" for text in ElementTree.fromstring(diagram_svg([step])).iter(f"{SVG}text")]
    assert any("test_sessions_of_…:1234" in text for text in texts)


def test_where_the_scenario_marked_a_failure_the_end_is_not_marked() -> None:
    async def ask(run: Run) -> None:
        await asyncio.sleep(0)
        run.mark("alice fails")
        await asyncio.sleep(0)

    async def scenario(run: Run) -> None:
        run.begin()
        run.handler("alice", ask(run))
        await run.all()

    steps, _ = steps_of(Machine(scenario, judge=lambda _: "leak"), Schedule())
    assert [(step.lane, step.marks) for step in steps if step.marks] == [("alice", ("alice fails",))]
