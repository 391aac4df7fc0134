"""ThreadService against a list instead of a database; nothing here needs a user."""

import pytest

from netra_backend.services.threads import ThreadService


class FakeSession:
    def __init__(self):
        self.added = []
        self.commits = 0

    def add(self, row):
        self.added.append(row)

    async def commit(self):
        self.commits += 1


async def test_open_strips_the_title():
    session = FakeSession()
    thread = await ThreadService(session).open("  Slow page  ")
    assert thread.title == "Slow page"
    assert session.added == [thread] and session.commits == 1


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
async def test_bad_titles(title):
    session = FakeSession()
    with pytest.raises(ValueError):
        await ThreadService(session).open(title)
    assert session.added == []
