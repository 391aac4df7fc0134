"""Where a function waits, what it takes, and whether it yields."""

import pytest

from cellwall.check.function_shape import is_coroutine, parameter_names, self_name, waits, yields
from tests.check.test_request_handlers import facts


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("async def f():\n    await a()\n    async with b():\n        pass", [2, 3]),
        ("async def f():\n    async for x in y:\n        pass", [2]),
        ("async def f():\n    return [x async for x in y]", [0]),
        ("async def f():\n    async def g():\n        await a()", []),
        ("@asyncio.coroutine\ndef f():\n    yield from a()", [3]),
        ("def f():\n    yield from a()", []),
    ],
)
def test_waits(source: str, lines: list[int]) -> None:
    module = facts(source)
    function = module.nodes.functions()[0]
    assert [getattr(wait, "lineno", 0) for wait in waits(module, function)] == lines


def test_heads() -> None:
    module = facts(
        """
        class A:
            def method(self, a, /, b, *, c): ...
            @staticmethod
            def plain(a): ...
        async def coroutine(): ...
        @types.coroutine
        def old(): yield
        """
    )
    method, plain, coroutine, old = module.nodes.functions()
    assert parameter_names(method) == ["a", "b", "c"]
    assert [self_name(module, f) for f in (method, plain, coroutine)] == ["self", "", ""]
    assert [is_coroutine(f) for f in (method, coroutine, old)] == [False, True, True]
    assert [yields(module, f) for f in (coroutine, old)] == [False, True]
