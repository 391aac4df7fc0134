"""Only this machine is talked to, unless the user said otherwise twice."""

from __future__ import annotations

import pytest

from cellwall.audit.errors import NotAllowedError, NotReachedError
from cellwall.audit.loopback import destination


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000", "http://localhost", "http://[::1]:9", "http://127.9.9.9/api/",
        "http://2130706433", "http://0x7f000001", "http://0177.0.0.1", "http://127.1",
    ],
)  # fmt: skip
def test_this_machine_may_be_asked(url: str) -> None:
    assert destination(url).address.startswith(("127.", "::1"))


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.7", "https://198.51.100.1/x", "http://0.0.0.0:80", "http://[2001:db8::1]",
        "http://[::]", "http://[::ffff:192.0.2.7]", "http://3221225991", "http://192.0.2.7#@127.0.0.1",
    ],
)  # fmt: skip
def test_another_machine_may_not(url: str) -> None:
    with pytest.raises(NotAllowedError, match="say so twice"):
        destination(url)


@pytest.mark.parametrize(
    ("remote", "allowed", "may"),
    [
        (True, ("192.0.2.7",), True),
        (True, (), False),
        (False, ("192.0.2.7",), False),
        (True, ("192.0.2.8",), False),
    ],
)
def test_both_words_are_needed(remote: bool, allowed: tuple[str, ...], may: bool) -> None:
    if may:
        assert destination("http://192.0.2.7", remote=remote, allowed=allowed).address == "192.0.2.7"
    else:
        with pytest.raises(NotAllowedError):
            destination("http://192.0.2.7", remote=remote, allowed=allowed)


@pytest.mark.parametrize(
    "url", ["", "ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http://127.0.0.1:x", "http://[::1"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(NotReachedError):
        destination(url)


def test_a_name_that_is_before_another_host_is_refused() -> None:
    for url in (
        "http://127.0.0.1@192.0.2.7/",
        "http://192.0.2.7\\@127.0.0.1/",
        "http://127.0.0.1%2f@192.0.2.7",
    ):
        with pytest.raises(NotAllowedError, match="password"):
            destination(url)


def test_a_password_in_a_url_is_refused() -> None:
    with pytest.raises(NotAllowedError, match="password"):
        destination("http://me:secret@127.0.0.1")


def test_path_and_port_are_kept() -> None:
    to = destination("http://127.0.0.1:81/api/")
    assert (to.origin, to.path) == ("http://127.0.0.1:81", "/api")
