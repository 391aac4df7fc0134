"""Looking threads up."""

import uuid

import pytest

from netra_backend.database.models import Thread
from netra_backend.database.shared import create_session


class TestSearch:
    def setup_method(self):
        self.session = create_session()
        self.tag = uuid.uuid4().hex

    def rows(self, *agents):
        return [Thread(title=f"{self.tag} {agent}", agent=agent) for agent in agents]

    async def test_by_start_of_title(self):
        self.session.add_all(self.rows("cost", "triage"))
        await self.session.commit()
        found = await self.session.query(Thread).filter(Thread.title.startswith(self.tag)).all()
        assert {thread.agent for thread in found} == {"cost", "triage"}
        await self.session.close()

    @pytest.mark.parametrize("agent, expected", [("cost", 2), ("triage", 1), ("summary", 0)])
    async def test_by_agent(self, agent, expected):
        self.session.add_all(self.rows("cost", "cost", "triage"))
        await self.session.commit()
        mine = self.session.query(Thread).filter(Thread.title.startswith(self.tag))
        assert await mine.filter_by(agent=agent).count() == expected
        await self.session.close()

    async def test_newest_first(self):
        self.session.add_all(self.rows("cost", "triage"))
        await self.session.commit()
        found = (
            await self.session.query(Thread)
            .filter(Thread.title.startswith(self.tag))
            .order_by(Thread.id.desc())
            .all()
        )
        assert [thread.agent for thread in found] == ["triage", "cost"]
        await self.session.close()
