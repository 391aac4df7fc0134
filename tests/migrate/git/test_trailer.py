"""The trailer goes into a message and comes back; text in other places of a message is none."""

from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.git.trailer import item_of, message_with_trailer


@given(subject=st.text(), body=st.text(), item=st.from_regex(r"[a-z0-9./-]{1,30}", fullmatch=True))
def test_what_goes_in_comes_out(subject: str, body: str, item: str) -> None:
    message = message_with_trailer(subject, item, body)
    assert item_of(message) == item
    assert message.endswith(f"\n\nCellwall-Item: {item}\n")


def test_only_the_last_paragraph_counts() -> None:
    assert item_of("Subject\n\nCellwall-Item: a01-b001\n\nmore text\n") == ""
    assert item_of("Cellwall-Items: x\n") == ""
    assert item_of("Subject\n\nOther: y\nCellwall-Item: run/a01-b001\n") == "run/a01-b001"
