"""Puts together the tests that a target's configuration can spell, and leaves out the others."""

from collections.abc import Callable

from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError


def spelled_ones(say: Spelling, *writers: Callable[[Spelling], str], least: int = 1) -> str:
    """Give the texts of all writers that find what they need; imports of the others are forgotten.

    Args:
        say: is given to each writer.
        writers: each gives test functions.
        least: how many writers must find what they need.

    Raises:
        UnspellableError: fewer did; the text says why, of each that did not.
    """
    texts, reasons = list[str](), list[str]()
    for write in writers:
        before = set(say.imports)
        try:
            texts.append(write(say).strip("\n"))
        except UnspellableError as error:
            say.imports = before
            reasons.append(str(error))
    if len(texts) < least:
        raise UnspellableError("; ".join(dict.fromkeys(reasons)))
    return "\n\n\n".join(texts)
