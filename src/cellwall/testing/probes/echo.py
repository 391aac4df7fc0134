"""Whose data an answer shows, beyond what the requests themselves said: an echo is no leak."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cellwall.canary import CanaryBook
from cellwall.testing.probes.exchange import Answer, Exchange, Request
from cellwall.testing.probes.inputs import inputs_of

_TELLING: Final = 4  # characters of a value that is taken out as an echo


def shows(
    book: CanaryBook, owner: str, said: Iterable[str], answer: Answer, originals: tuple[Exchange, Exchange]
) -> str:
    """Say what of `owner`'s an answer to another user shows; "" where it shows nothing.

    `said` is what the probes have sent so far, `originals` the owner's own exchange and the other user's,
    at the same step of the same test. Either a value of the owner's stands in the answer that no probe
    sent; or the answer succeeds and is, echoes apart, the very one that the owner got, and the other
    user's own was different.
    """
    own, others = originals
    said = tuple(said)
    if owner in book.owners_in(without(answer.text, said)):
        return f"{owner}'s values are in the answer"
    if not (answer.succeeded and own.answer.succeeded):
        return ""
    got, expected = _body(answer, said), _body(own.answer, said)
    if got and got == expected and got != _body(others.answer, said_in(book, others.request)):
        return f"the answer is the one that {owner} got"
    return ""


def said_in(book: CanaryBook, request: Request) -> set[str]:
    """Give the values that a request says: its inputs, and all that is somebody's in it."""
    values = {value for value in inputs_of(request).values() if len(value) >= _TELLING}
    whole = "\n".join(
        [request.target, *map(": ".join, request.headers), request.body.decode(errors="replace")]
    )
    return values | book.values_in(whole)


def without(text: str, said: Iterable[str]) -> str:
    """Give the text without these values."""
    for value in sorted(said, key=len, reverse=True):
        text = text.replace(value, "")
    return text


def _body(answer: Answer, said: Iterable[str]) -> str:
    return without(answer.body.decode(errors="replace"), said)
