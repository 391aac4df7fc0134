import uuid

from netra_backend.database.models import Message, Thread
from netra_backend.database.shared import create_session
from netra_backend.services.threads import ThreadService


class TestCriticalThreads:
    def setup_method(self):
        self.session = create_session()
        self.secret = uuid.uuid4().hex

    async def test_nothing_is_lost(self):
        service = ThreadService(self.session)
        thread = await service.open("critical")
        for number in range(20):
            await service.write(thread.id, "user", f"{self.secret} {number}")
        texts = [m.text for m in await service.messages(thread.id)]
        assert texts == [f"{self.secret} {n}" for n in range(20)]
        await self.session.close()

    async def test_failed_commit_leaves_nothing(self):
        self.session.add(Thread(title=self.secret))
        await self.session.flush()
        await self.session.rollback()
        self.session.add(Thread(title="another"))
        await self.session.commit()
        assert await self.session.query(Thread).filter_by(title=self.secret).count() == 0
        assert await self.session.query(Message).filter_by(text=self.secret).count() == 0
        await self.session.close()
