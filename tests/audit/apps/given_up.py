"""A pool with one connection, which answers in order: given back after a cancelled request where it leaks."""

import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI

from tests.audit.apps.accounts import current, with_accounts


class Line:
    """Answers questions in their order, each after a while."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.answers: list[asyncio.Future[str]] = []

    def ask(self, question: str) -> None:
        """Send a question."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str] = loop.create_future()
        loop.call_later(self.seconds, lambda: answer.done() or answer.set_result(f"about {question}"))
        self.answers.append(answer)

    async def read(self) -> str:
        """Give the next answer, which is gone only when it was read."""
        text = await asyncio.shield(self.answers[0])
        self.answers.pop(0)
        return text


def create_given_up(leaking: bool, seconds: float = 0.01) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    free = [Line(seconds)]
    lock = asyncio.Lock()

    @app.get("/answer")
    async def answer(user: Annotated[str, Depends(current)]) -> dict[str, str]:
        async with lock:
            line = free.pop()
            whole = False
            try:
                line.ask(user)
                text = await line.read()
                whole = True
            finally:
                free.append(line if whole or leaking else Line(seconds))
        return {"text": text}

    return app
