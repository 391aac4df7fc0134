"""A signed owner is an HMAC-SHA256 over all that it says."""

import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.database.rls.signing import DOMAIN, OwnerSigner, pads


@given(
    st.binary(min_size=32, max_size=200),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(0, 9**9),
)
def test_the_mac_is_the_standard_one(key: bytes, owner: str, backend: int) -> None:
    signer = OwnerSigner(key, key_id="k.2", lifetime=60, clock=lambda: 1000.9)
    mac, _, message = signer.token(owner, backend).partition(" ")
    assert message == f"k.2:1060:{backend}:{owner}"
    assert mac == hmac.new(key, (DOMAIN + message).encode(), sha256).hexdigest()


@given(st.binary(min_size=0, max_size=200), st.binary())
def test_the_pads_are_all_that_verifying_needs(key: bytes, message: bytes) -> None:
    inner, outer = pads(key)
    assert sha256(outer + sha256(inner + message).digest()).digest() == hmac.digest(key, message, "sha256")


def test_a_token_for_any_connection_names_none() -> None:
    signer = OwnerSigner(bytes(32), backend_bound=False, clock=lambda: 0)
    assert signer.token("ada", 77).split(":")[2] == "0"


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        OwnerSigner(b"x" * 31)


@pytest.mark.parametrize("key_id", ["", "a:b", "a b", "é", "x" * 65, "a\n"])
def test_a_key_id_that_could_be_read_otherwise_is_refused(key_id: str) -> None:
    with pytest.raises(ValueError, match="key id"):
        OwnerSigner(bytes(32), key_id=key_id)


def test_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="second"):
        OwnerSigner(bytes(32), lifetime=0)


def test_the_key_is_never_shown() -> None:
    assert "secret" not in repr(OwnerSigner(b"secret" * 6))
