"""Archiving, as the nightly job does it."""

import unittest
import uuid

from netra_backend.database.models import Thread
from netra_backend.database.shared import create_session
from netra_backend.services.threads import ThreadNotFound, ThreadService


class ArchiveTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.session = create_session()
        self.title = f"old {uuid.uuid4()}"

    async def test_archived_and_still_there(self):
        threads = ThreadService(self.session)
        thread = await threads.open(self.title)
        await threads.archive(thread.id)
        self.assertTrue((await threads.get(thread.id)).archived)
        await self.session.close()

    async def test_nothing_to_archive(self):
        with self.assertRaises(ThreadNotFound):
            await ThreadService(self.session).archive(987654321)
        await self.session.close()

    async def test_archived_rows_are_counted(self):
        self.session.add_all([Thread(title=self.title, archived=flag) for flag in (True, False, True)])
        await self.session.commit()
        rows = self.session.query(Thread).filter_by(title=self.title)
        self.assertEqual(await rows.filter_by(archived=True).count(), 2)
        await self.session.close()
