"""A thread from its first message to the archive."""

from netra_backend.database.shared import create_session
from netra_backend.services.threads import ThreadService


class TestLifecycle:

    def setup_method(self, method):
        self.session = create_session()
        self.title = f"lifecycle of {method.__name__}"

    async def open(self, service):
        return await service.open(self.title, agent="summary")

    async def test_open(self):
        service = ThreadService(self.session)
        thread = await self.open(service)
        assert thread.id is not None
        assert thread.title == "lifecycle of test_open"
        await self.session.close()

    async def test_archived_threads_are_not_listed(self):
        service = ThreadService(self.session)
        thread = await self.open(service)
        await service.archive(thread.id)
        assert thread.id not in [t.id for t in await service.listed()]
        # but it can be opened
        assert (await service.get(thread.id)).archived
        await self.session.close()

    async def test_listed_oldest_first(self):
        service = ThreadService(self.session)
        first = await self.open(service)
        second = await self.open(service)
        ids = [t.id for t in await service.listed()]
        assert ids.index(first.id) < ids.index(second.id)
        await self.session.close()
