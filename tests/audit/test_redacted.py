"""What is shown of answers has no tokens, and nothing that steers a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cellwall.audit.redacted import redacted


def test_tokens_and_secrets_are_left_out_and_canaries_stay() -> None:
    shown = redacted(
        'Bearer abcdefghijklmnop {"api_key": "0123456789abcdef", "password": "Aa1!zqcwx7abc", "a": "b"}'
    )
    assert shown == '<token> {"api_key": "<secret>", "password": "Aa1!zqcwx7abc", "a": "b"}'


@given(st.text(max_size=600))
def test_every_text_becomes_printable(text: str) -> None:
    shown = redacted(text, most=50)
    assert shown.isprintable()
