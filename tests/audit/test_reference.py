"""Which operations name a thing by its id."""

from cellwall.audit.operation import Body, Operation
from cellwall.audit.reference import takes_id


def test_a_field_that_the_configuration_fills_asks_for_no_id() -> None:
    schema = {"type": "object", "properties": {"book_id": {"type": "integer"}}, "required": ["book_id"]}
    borrow = Operation("POST", "/loans", body=Body("application/json", schema))
    assert takes_id(borrow, {})
    assert takes_id(borrow, {"genre": "novel"})
    assert not takes_id(borrow, {"book_id": 1})
