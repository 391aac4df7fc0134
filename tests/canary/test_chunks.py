"""Bodies are decoded and joined: a value split anywhere, compressed or not, is seen whole."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cellwall.canary.chunks import Chunks

VALUE = b"a-value-of-alice"


def raw_deflate(data: bytes) -> bytes:
    maker = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return maker.compress(data) + maker.flush()


ENCODED = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@given(st.sampled_from(sorted(ENCODED)), st.binary(max_size=50), st.integers(1, 90))
def test_a_split_value_is_seen(encoding: str, before: bytes, size: int) -> None:
    body = ENCODED[encoding](before + VALUE + b"!")
    chunks = Chunks(len(VALUE), encoding)
    given = [chunks.feed(body[start : start + size]) for start in range(0, len(body), size)]
    assert any(VALUE in piece for piece in given)


def test_only_the_end_of_what_was_before_is_kept() -> None:
    chunks = Chunks(4)
    assert [chunks.feed(b"abcdefgh"), chunks.feed(b"ij"), chunks.feed(b"")] == [b"abcdefgh", b"fghij", b"hij"]


def test_two_codings_are_undone_in_their_order() -> None:
    assert Chunks(4, "deflate, gzip").feed(gzip.compress(zlib.compress(b"text"))) == b"text"


@pytest.mark.parametrize(("encoding", "body"), [("made-up", b"x"), ("gzip", b"no gzip at all")])
def test_what_cannot_be_decoded_is_said(encoding: str, body: bytes) -> None:
    chunks = Chunks(4, encoding)
    assert chunks.feed(body) == b""
    assert encoding in chunks.unseen or "content encoding" in chunks.unseen
    assert chunks.feed(body) == b""
