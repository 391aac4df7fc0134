"""Bodies that come in pieces: decoded, and joined so far that a value split over two is seen whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, final

Decode = Callable[[bytes], bytes]


@final
class Chunks:
    """Reads one body, or one direction of a connection, piece by piece.

    `encoding` is the body's Content-Encoding. Where it cannot be decoded here, `unseen` says why and
    nothing is given.
    """

    def __init__(self, longest: int, encoding: str = "") -> None:
        self.unseen: str = ""
        self._keep = longest - 1
        self._tail = b""
        self._decoders: list[Decode] = []
        for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
            decode = decoder(name)
            if decode is None:
                self.unseen = f"content encoding {name!r} cannot be decoded here"
            else:
                self._decoders.append(decode)

    def feed(self, chunk: bytes) -> bytes:
        """Give what is to be searched now: `chunk`, decoded, behind the end of what came before."""
        if self.unseen:
            return b""
        try:
            for decode in self._decoders:
                chunk = decode(chunk)
        except Exception as error:  # whatever a decoder raises for a body that is not what it says
            self.unseen = f"a body is not what its content encoding says: {error}"
            return b""
        whole = self._tail + chunk
        self._tail = whole[-self._keep :]
        return whole


def decoder(name: str) -> Decode | None:
    """Give a new incremental decoder of a content coding; None where no library for it is at hand."""
    if name in ("identity", "gzip", "x-gzip", "deflate"):
        return _STANDARD[name]()
    if name == "br":
        return _brotli()
    return _zstd() if name == "zstd" else None


def _deflate() -> Decode:
    """Raw or with the header of zlib: both bear this name, and two bytes tell (RFC 1950, 2.2)."""
    made: list[Any] = []
    first = bytearray()

    def decode(chunk: bytes) -> bytes:
        if not made:
            first.extend(chunk)
            if len(first) < _HEADER:
                return b""
            has_header = first[0] & 15 == _METHOD and int.from_bytes(first[:_HEADER]) % 31 == 0
            made.append(zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS))
            chunk = bytes(first)
        return bytes(made[0].decompress(chunk))

    return decode


_HEADER: Final = 2
_METHOD: Final = 8


def _brotli() -> Decode | None:
    for name in ("brotli", "brotlicffi"):
        if find_spec(name) is not None:
            made: Any = import_module(name).Decompressor()
            return made.process if hasattr(made, "process") else made.decompress  # type: ignore[no-any-return]
    return None


def _zstd() -> Decode | None:
    if find_spec("compression") is not None and find_spec("compression.zstd") is not None:
        return import_module("compression.zstd").ZstdDecompressor().decompress  # type: ignore[no-any-return]
    if find_spec("zstandard") is not None:
        made: Any = import_module("zstandard").ZstdDecompressor()
        return made.decompressobj().decompress  # type: ignore[no-any-return]
    return None


_STANDARD: Final[dict[str, Callable[[], Decode]]] = {
    "identity": lambda: lambda chunk: chunk,
    "gzip": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16).decompress,
    "x-gzip": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16).decompress,
    "deflate": _deflate,
}
