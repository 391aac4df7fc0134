"""Messages of a thread."""

import pytest

from netra_backend.database.shared import create_session
from netra_backend.services.threads import ThreadNotFound, ThreadService


class TestMessages:
    def setup_method(self):
        self.db = create_session()

    async def test_turns_keep_their_order(self):
        service = ThreadService(self.db)
        thread = await service.open("order of turns")
        for author, text in (("user", "hi"), ("triage", "general"), ("user", "thanks")):
            await service.write(thread.id, author, text)
        turns = await service.messages(thread.id)
        assert [t.author for t in turns] == ["user", "triage", "user"]
        assert turns[-1].text == "thanks"
        await self.db.close()

    async def test_no_thread_no_message(self):
        service = ThreadService(self.db)
        with pytest.raises(ThreadNotFound):
            await service.write(987654321, "user", "anybody?")
        await self.db.close()

    async def test_messages_of_one_thread_only(self):
        service = ThreadService(self.db)
        one = await service.open("one")
        other = await service.open("other")
        await service.write(one.id, "user", "in one")
        assert await service.messages(other.id) == []
        await self.db.close()
