"""JSON by one encoder for all events: making one for each, as `json.dumps` does, takes longer than using it.

The encoder in C is the standard library's own, of CPython 3.11 to 3.14; where it is another or is missing,
`JSONEncoder.encode` does the same, slower.
"""

import json.encoder
from collections.abc import Callable, Iterable
from json import JSONEncoder
from typing import Any, Final

# Plain ASCII: a character is a byte, and no half of a surrogate pair fails later in a writer.
_standard: Final = JSONEncoder(allow_nan=False, separators=(",", ":"))
_Chunks = Callable[[object, int], Iterable[str]]


def _made_once(make: Any) -> _Chunks | None:
    """Give the encoder that `encode` would make; it keeps nothing between values, so threads may share it."""
    quoted = json.encoder.encode_basestring_ascii
    try:  # no record of what is open: a circle ends at the depth limit, and is named below
        chunks: _Chunks = make(None, _standard.default, quoted, None, ":", ",", False, False, False)
    except TypeError:
        return None
    return chunks


_chunks: Final = _made_once(getattr(json.encoder, "c_make_encoder", None))


def to_json(value: object) -> str:
    """Give the value as JSON without white space.

    Raises:
        TypeError, ValueError, RecursionError: it is no JSON (a class of its own, a NaN, a circle, too deep).
    """
    if _chunks is None:
        return _standard.encode(value)
    try:
        return "".join(_chunks(value, 0))
    except RecursionError:
        return _standard.encode(value)  # which tells a circle from a depth
