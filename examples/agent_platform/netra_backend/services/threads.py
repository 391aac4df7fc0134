"""Conversations: opening, writing, reading, archiving. Works on the session it is given."""

from typing import Any

from netra_backend.database.models import Message, Thread


class ThreadNotFound(LookupError):
    """No thread of this id is to be seen in this session."""


class ThreadService:
    """The threads that one session sees."""

    def __init__(self, session: Any) -> None:
        self._db = session

    async def open(self, title: str, agent: str = "triage") -> Thread:
        """Open a conversation.

        Raises:
            ValueError: the title is empty or longer than 200 characters.
        """
        if not title.strip() or len(title) > 200:
            raise ValueError("a title has 1 to 200 characters")
        thread = Thread(title=title.strip(), agent=agent)
        self._db.add(thread)
        await self._db.commit()
        return thread

    async def write(self, thread_id: int, author: str, text: str) -> Message:
        """Add a turn to a conversation."""
        await self.get(thread_id)
        message = Message(thread_id=thread_id, author=author, text=text)
        self._db.add(message)
        await self._db.commit()
        return message

    async def messages(self, thread_id: int) -> list[Message]:
        """Give a conversation's turns in order."""
        return await self._db.query(Message).filter_by(thread_id=thread_id).order_by(Message.id).all()

    async def get(self, thread_id: int) -> Thread:
        """Give one conversation.

        Raises:
            ThreadNotFound: there is none of this id in this session.
        """
        thread = await self._db.query(Thread).filter_by(id=thread_id).first()
        if thread is None:
            raise ThreadNotFound(f"thread {thread_id}")
        return thread

    async def listed(self) -> list[Thread]:
        """Give the conversations that are not archived, oldest first."""
        return await self._db.query(Thread).filter_by(archived=False).order_by(Thread.id).all()

    async def archive(self, thread_id: int) -> None:
        """Take a conversation off the list."""
        (await self.get(thread_id)).archived = True
        await self._db.commit()
