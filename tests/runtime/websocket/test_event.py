"""An event becomes text once; what cannot is refused."""

import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.errors import InvalidEventError
from cellwall.runtime.websocket.event import encode_event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_json_arrives_as_it_was(event: dict[str, object]) -> None:
    text = encode_event(event, 1_000_000)
    assert json.loads(text) == event
    assert text.isascii()


def test_any_mapping() -> None:
    assert encode_event(MappingProxyType({"n": 1}), 100) == '{"n":1}'


def test_the_limit_is_in_bytes() -> None:
    assert len(encode_event({"n": "ä"}, 14)) == 14
    with pytest.raises(InvalidEventError, match="14 bytes, at most 13"):
        encode_event({"n": "ä"}, 13)


@pytest.mark.parametrize("value", [float("inf"), object(), b"", {1}, 1j])
def test_what_is_no_json(value: object) -> None:
    with pytest.raises(InvalidEventError):
        encode_event({"value": value}, 100)
