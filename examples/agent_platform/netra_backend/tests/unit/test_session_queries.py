import uuid

from netra_backend.database.models import Thread
from netra_backend.database.shared import create_session


class TestQueries:
    def setup_method(self):
        self.session = create_session()
        self.tag = uuid.uuid4().hex

    async def test_first_and_one(self):
        self.session.add(Thread(title=self.tag))
        await self.session.commit()
        assert (await self.session.query(Thread).filter_by(title=self.tag).first()).agent == "triage"
        assert (await self.session.query(Thread).filter_by(title=self.tag).one()).archived is False
        await self.session.close()

    async def test_count_with_filter(self):
        self.session.add_all([Thread(title=self.tag, agent=a) for a in ("cost", "cost", "summary")])
        await self.session.commit()
        mine = self.session.query(Thread).filter(Thread.title == self.tag)
        assert await mine.count() == 3
        assert await mine.filter_by(agent="cost").count() == 2
        await self.session.close()

    async def test_nothing_found(self):
        found = await self.session.query(Thread).filter_by(title=self.tag).all()
        assert found == []
        assert await self.session.query(Thread).filter_by(title=self.tag).first() is None
        await self.session.close()
