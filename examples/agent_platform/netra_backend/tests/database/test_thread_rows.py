import uuid

import pytest
from sqlalchemy import delete, select

from netra_backend.database.models import Thread
from netra_backend.database.shared import create_session


class TestThreadRows:
    """Rows of threads, written and read back."""

    def setup_method(self):
        # one session for the whole class was too slow to debug, so one for each test
        self.session = create_session()

    async def test_defaults(self):
        title = f"defaults {uuid.uuid4()}"
        self.session.add(Thread(title=title))
        await self.session.commit()
        row = await self.session.query(Thread).filter_by(title=title).one()
        assert row.agent == "triage"
        assert not row.archived
        assert row.created_at is not None
        await self.session.close()

    async def test_rollback_forgets(self):
        title = f"rollback {uuid.uuid4()}"
        self.session.add(Thread(title=title))
        await self.session.flush()
        await self.session.rollback()
        assert await self.session.query(Thread).filter_by(title=title).count() == 0
        await self.session.close()

    @pytest.mark.parametrize("number", [1, 3])
    async def test_delete(self, number):
        title = f"delete {uuid.uuid4()}"
        self.session.add_all([Thread(title=title) for _ in range(number)])
        await self.session.commit()
        result = await self.session.execute(delete(Thread).where(Thread.title == title))
        await self.session.commit()
        assert result.rowcount == number

        # gone for good
        left = (await self.session.scalars(select(Thread).where(Thread.title == title))).all()
        assert left == []
        await self.session.close()
