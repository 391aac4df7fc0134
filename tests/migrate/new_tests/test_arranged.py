"""Helpers before tests, everything else as it was written."""

from cellwall.migrate.new_tests.arranged import helpers_first

ONE = "async def test_one():\n    # why\n\n    assert ask()"
HELPER = "@once\ndef ask():\n    return 1"
OTHER = 'class Double:\n    name = """a\n\n\n\nb"""'
TWO = "def test_two():\n    assert Double"


def test_helpers_come_first_and_keep_their_order() -> None:
    written = f"\n{ONE}\n\n\n\n{HELPER}\n\n{OTHER}\n\n\n{TWO}\n\n"
    assert helpers_first(written) == "\n\n\n".join([HELPER, OTHER, ONE, TWO])


def test_what_is_in_order_stays() -> None:
    text = "\n\n\n".join([HELPER, ONE, TWO])
    assert helpers_first(text) == text
