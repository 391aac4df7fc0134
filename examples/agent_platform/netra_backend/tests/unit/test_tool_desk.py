"""Support's desk: an agent and tools in one object, built by the builders' class."""

import pytest

from netra_backend.tests.unit.desk import Desk


@pytest.fixture
def desk():
    return Desk()


async def test_desk_answers_from_the_handbook(desk):
    assert await desk.look_up("when is my refund here") == ["Refunds take five working days."]


async def test_desk_knows_no_answer(desk):
    assert await desk.look_up("hello") == []


async def test_desk_keeps_the_tickets(desk):
    await desk.look_up("refund")
    await desk.look_up("slow")
    assert await desk.tickets() == ["billing", "outage"]
