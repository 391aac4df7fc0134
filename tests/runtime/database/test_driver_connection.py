"""A connection that is told to end by one and closed by another closes its file, whoever comes first."""

import asyncio
import sqlite3
from pathlib import Path
from threading import Event

from cellwall.runtime.database.driver_connection import open_driver


async def test_who_closes_after_a_stop_leaves_the_file_to_the_thread(tmp_path: Path) -> None:
    closed: list[bool] = []
    entered, go_on = Event(), Event()

    class Noted(sqlite3.Connection):
        def close(self) -> None:
            closed.append(True)
            super().close()

    def block() -> None:
        entered.set()
        go_on.wait(10)

    driver = await open_driver(str(tmp_path / "rows"), factory=Noted)
    await driver.create_function("block", 0, block)
    running = asyncio.create_task(driver.execute_fetchall("SELECT block()"))
    await asyncio.to_thread(entered.wait, 10)
    driver.stop()  # the store is discarded while a statement runs
    running.cancel()  # its client hangs up
    try:
        await asyncio.wait_for(driver.close(), 10)
    finally:
        go_on.set()
        await asyncio.to_thread(driver._thread.join, 10)
    assert closed
