"""Which calls check and which do: by name, by what the module asserts, by what stands around."""

import ast

import pytest

from cellwall.check.checking_calls import checking_functions, is_checked_block, is_checking, own_places


def places(text: str, *, inside: bool = False) -> list[str]:
    tree = ast.parse(text)
    found = own_places(tree, "ctx", checking_functions(tree), inside=inside)
    return sorted(ast.unparse(call) for call in found)


@pytest.mark.parametrize("name", ["assert_it", "check_owner", "verify", "a.expect", "must_be", "sameEquals"])
def test_names_that_check(name: str) -> None:
    call = ast.parse(f"{name}(1)", mode="eval").body
    assert isinstance(call, ast.Call)
    assert is_checking(call)


def test_a_function_that_asserts_by_another_one_checks() -> None:
    tree = ast.parse(
        "def a(x):\n    assert x\ndef b(x):\n    a(x)\ndef c(x):\n    return b(x)\ndef d(x):\n    return x\n"
    )
    assert checking_functions(tree) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "text",
    [
        "assert pool.of(1, ctx)",
        "self.assertEqual(pool.of(1, ctx), 2)",
        "expected = pool.of(1, ctx)",
        "(wanted := pool.of(1, ctx))",
        "with pytest.raises(KeyError):\n    pool.of(1, ctx)",
        "async with a, pytest.warns(UserWarning):\n    pool.of(1, ctx)",
        "Event(pool.of(1, ctx))",
        "same = pool.of(1, ctx) == 2",
        "def mine(one, two):\n    assert one\nmine(1, ctx)",
        "pool.of(1, ctx.more)",
    ],
)
def test_what_checks_is_no_place(text: str) -> None:
    assert places(text, inside=True) == []


def test_what_does_is_one_and_what_is_inside_only_when_asked_for() -> None:
    assert places("run(pool.of(1, ctx))") == ["pool.of(1, ctx)"]
    assert places("with pool.of(1, by=ctx) as one:\n    one.send(ctx)") == [
        "one.send(ctx)",
        "pool.of(1, by=ctx)",
    ]
    for text in ("lambda: pool.of(1, ctx)", "[pool.of(1, ctx) for x in y]", "f'{pool.of(1, ctx)}'"):
        assert places(text) == []
        assert places(text, inside=True) == ["pool.of(1, ctx)"]


def test_only_blocks_that_expect_something_are_checked() -> None:
    blocks = ["with pytest.raises(KeyError): pass", "with open('x') as f: pass", "if check(): pass"]
    assert [is_checked_block(ast.parse(block).body[0]) for block in blocks] == [True, False, False]
