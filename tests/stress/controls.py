"""Services with one wall taken out each: on these the harness must report leaks, or it proves nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from cellwall import AnalyticsLog, RequestScopedSessionManager, UserExecutionContext
from tests.stress.models import Base
from tests.stress.service import Notebook, Service


class SharedTable(Service):
    """Rows of all users behind a plain session, as before Cellwall."""

    def __init__(self, folder: Path) -> None:
        super().__init__(RequestScopedSessionManager(folder / "unused"), AnalyticsLog())
        self._engine = create_async_engine(
            f"sqlite+aiosqlite:///{folder / 'shared'}", connect_args={"timeout": 60}
        )
        self._ready = asyncio.Lock()
        self._made = False

    @asynccontextmanager
    async def session(self, context: UserExecutionContext) -> AsyncIterator[Any]:
        """Open a session that knows no owner."""
        async with self._ready:
            if not self._made:
                async with self._engine.begin() as connection:
                    await connection.run_sync(Base.metadata.create_all)
                self._made = True
        async with self._ready, AsyncSession(self._engine) as session:
            yield session

    async def close(self) -> None:
        """Close the engine too."""
        await super().close()
        await self._engine.dispose()


class Walled(Service):
    """All walls up, on embedded storage: what the others are compared with."""

    def __init__(self, folder: Path) -> None:
        super().__init__(RequestScopedSessionManager(folder / "rows"), AnalyticsLog())


class SharedTool(Walled):
    """One tool instance for everybody."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._notebook = Notebook(UserExecutionContext.create_for_user("the-first-user"))

    async def tool(self, context: UserExecutionContext, text: str) -> list[str]:
        """Use the shared instance."""
        return await self._notebook.execute({"text": text})


class Broadcast(Walled):
    """Events go to every connection, as a singleton manager sends them."""

    def emit(self, context: UserExecutionContext, text: str) -> None:
        """Send to all."""
        for frames in self.frames.values():
            frames.frames.append(text)


class SharedLog(Walled):
    """Analytics are read without an owner."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._texts: list[str] = []

    def track(self, context: UserExecutionContext, text: str) -> None:
        """Keep it with all the others'."""
        self._texts.append(text)

    def tracked(self, context: UserExecutionContext) -> list[str]:
        """Give the newest of all."""
        return self._texts[-5:]


class SharedCache(Walled):
    """One dict for everybody, and keys that name no owner."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._shared: dict[str, str] = {}

    async def cached(self, context: UserExecutionContext, text: str) -> list[Any]:
        """Store under a key that all users use."""
        before = self._shared.get("newest")
        self._shared["newest"] = text
        return [before]


class GlobalUser(Walled):
    """Who asks stands in a variable of the process, and is read after a wait."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._current = ""

    async def limit(self, context: UserExecutionContext) -> None:
        """Write down who asks."""
        self._current = context.user_id

    def emit(self, context: UserExecutionContext, text: str) -> None:
        """Send to whoever was written down last."""
        self.frames[self._current].frames.append(text)


async def _wait_for_ever() -> None:
    """Wait for what nothing but this task refers to: the collector ends both."""
    await asyncio.get_running_loop().create_future()


class Hoarder(Walled):
    """Keeps what requests made, and starts things that nobody ends."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder
        self.kept: list[Any] = []

    async def limit(self, context: UserExecutionContext) -> None:
        """Keep the context, a file and a task; another task is kept by nobody."""
        if not self.kept:
            task = asyncio.create_task(asyncio.Event().wait(), name="nobody ends it")
            asyncio.create_task(_wait_for_ever())  # noqa: RUF006  # that is the defect
            self.kept += [context, (self._folder / "kept open").open("w"), task]

    def let_go(self) -> None:
        """End what it started."""
        for thing in self.kept:
            for end in ("close", "cancel"):
                getattr(thing, end, lambda: None)()
        self.kept.clear()


LEAKY = {
    "rows": SharedTable,
    "tools": SharedTool,
    "frames": Broadcast,
    "analytics": SharedLog,
    "cache": SharedCache,
    "global user": GlobalUser,
}
