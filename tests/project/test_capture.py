"""What is kept of a long output: its beginning and its end, whatever the chunks."""

import os
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.project.capture import Capture


def captured(chunks: Sequence[bytes], limit: int) -> tuple[str, bool]:
    read, write = os.pipe()
    capture = Capture(os.fdopen(read, "rb"), limit)
    for chunk in chunks:
        os.write(write, chunk)
    os.close(write)
    return capture.finish()


@given(
    st.lists(st.binary(min_size=1, max_size=40).map(bytes.hex).map(str.encode), max_size=12),
    st.integers(4, 200),
)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_beginning_and_end_are_kept(chunks: list[bytes], limit: int) -> None:
    whole = b"".join(chunks).decode()
    text, cut = captured(chunks, limit)
    half = limit // 2
    if not cut:
        assert text == whole
        assert len(whole) <= 2 * half
    else:
        assert text.startswith(whole[:half])
        assert text.endswith(whole[-half:])
        assert f"[... {len(whole) - 2 * half} bytes left out ...]" in text


def test_bytes_that_are_no_text() -> None:
    assert captured([b"a\xff"], 10) == ("a\ufffd", False)
