"""Sessions that are kept."""

import unittest

from app.db import Session, create_session
from sqlalchemy.orm import sessionmaker

Opened = sessionmaker()


class TestHelpers:
    def setup_method(self):
        self.session = create_session()

    def _row(self):
        self.session.add("row")

    async def test_row(self):
        self._row()
        assert self.session.rows() == ["row"]


class TestTwoWays:
    def setup_method(self):
        self.session = create_session()

    async def test_other(self):
        self.session = Session()
        assert self.session.rows() == []


class RowTest(unittest.TestCase):
    def setUp(self):
        self.session = create_session()

    def test_empty(self):
        self.assertEqual(self.session.rows(), [])


class TestEngine:
    def setup_method(self):
        self.session = Opened()

    def test_closed(self):
        self.session.close()
        assert not self.session.dirty
