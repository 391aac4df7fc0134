"""Sign-in attempts are written into a thread of their own."""

import uuid

import pytest

from auth_service.accounts import AccountError
from netra_backend.database.shared import create_session
from netra_backend.services.threads import ThreadService


class TestLoginSession:
    def setup_method(self):
        self.session = create_session()
        self.title = f"sign-ins {uuid.uuid4()}"

    async def test_good_login_is_written(self, accounts):
        service = ThreadService(self.session)
        log = await service.open(self.title)
        account = accounts.check("ada", "a long password")
        await service.write(log.id, account.user_id, "signed in")
        assert [(m.author, m.text) for m in await service.messages(log.id)] == [("ada", "signed in")]
        await self.session.close()

    async def test_bad_login_is_written(self, accounts):
        service = ThreadService(self.session)
        log = await service.open(self.title)
        with pytest.raises(AccountError):
            accounts.check("ada", "not the password")
        await service.write(log.id, "ada", "refused")
        assert (await service.messages(log.id))[0].text == "refused"
        await self.session.close()
