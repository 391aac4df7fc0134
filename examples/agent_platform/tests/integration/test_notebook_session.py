"""A session at the notebook: the steps stand in a module fixture, every test goes through a part of them."""

import uuid

import pytest

from netra_backend.database.models import Message
from netra_backend.database.shared import create_session
from netra_backend.services.threads import ThreadService
from netra_backend.tools.dispatcher import ToolDispatcher


@pytest.fixture(scope="module")
def script():
    return [("write", "milk"), ("write", "bread"), ("read", None), ("clear", None)]


async def test_script_leaves_nothing(script):
    dispatcher = ToolDispatcher()
    for op, line in script:
        lines = await dispatcher.execute_tool("notebook", {"op": op, "line": line})
    assert lines == []


class TestMinutes:
    def setup_method(self):
        self.session = create_session()
        self.tools = ToolDispatcher()

    async def test_lines_become_turns(self, script):
        threads = ThreadService(self.session)
        thread = await threads.open(f"minutes {uuid.uuid4()}")
        await self.tools.execute_tool("notebook", {"op": "clear"})
        for op, line in script[:2]:
            for written in await self.tools.execute_tool("notebook", {"op": op, "line": line}):
                await threads.write(thread.id, "notebook", written)
        turns = await self.session.query(Message).filter_by(thread_id=thread.id).order_by(Message.id).all()
        assert [turn.text for turn in turns] == ["milk", "milk", "bread"]
        await self.session.close()
