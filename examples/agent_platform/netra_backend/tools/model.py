"""Asks the language model over a connection that is lent for one question. The model is played: it repeats."""

import asyncio
from collections.abc import Mapping
from typing import Any

from cellwall import UserExecutionContext

ANSWER_SECONDS = 0.02


class Line:
    """A connection to the model: questions go in, answers come out in the same order, each after a while."""

    def __init__(self) -> None:
        self._answers: asyncio.Queue[asyncio.Future[str]] = asyncio.Queue()

    async def send(self, question: str) -> None:
        """Ask."""
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(ANSWER_SECONDS, answer.set_result, f"Considered: {question}")
        await self._answers.put(answer)

    async def read(self) -> str:
        """Give the next answer, which stays the next one when nobody waits for it any more."""
        answer = await self._answers.get()
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            self._answers._queue.appendleft(answer)  # nobody has read it
            raise


class ModelTool:
    """Gives what the model says to `question`."""

    name = "model"

    def __init__(self, context: UserExecutionContext | None = None) -> None:
        self.context = context

    async def execute(self, arguments: Mapping[str, Any]) -> str:
        """Ask on a line of the question's own, so that an answer that nobody waits for reaches nobody.

        Raises:
            ValueError: nothing is asked.
        """
        if not arguments.get("question"):
            raise ValueError("ask a question")
        line = Line()
        await line.send(str(arguments["question"]))
        return await line.read()
