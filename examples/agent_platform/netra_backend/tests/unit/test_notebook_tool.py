import pytest

from netra_backend.tests.unit import builders


async def test_write_and_read():
    notebook = builders.fresh_notebook()
    await notebook.execute({"op": "write", "line": "buy milk"})
    await notebook.execute({"op": "write", "line": "call Ada"})
    assert await notebook.execute({"op": "read"}) == ["buy milk", "call Ada"]


async def test_clear():
    notebook = builders.fresh_notebook()
    await notebook.execute({"op": "write", "line": "x"})
    assert await notebook.execute({"op": "clear"}) == []


async def test_unknown_operation():
    notebook = builders.fresh_notebook()
    with pytest.raises(ValueError, match="burn"):
        await notebook.execute({"op": "burn"})
