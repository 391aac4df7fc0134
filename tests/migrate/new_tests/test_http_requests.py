"""Sample requests become calls of a client; what is no request is refused with the reason."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.new_tests.http_requests import Requests
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.project.roles import Role, Roles
from cellwall.project.samples import Samples

ROLES = Roles(
    {
        "app": Role("app", ("from desk.web import make",), "make()"),
        "token": Role("token", ("from desk.keys import sign",), "sign({user_id})", awaited=True),
    }
)


def _requests(send: str = 'POST /notes {"text": {text}}', read: str = "GET /notes") -> Requests:
    return Requests(Spelling(ROLES, Samples(send=send, read=read)))


@pytest.mark.parametrize(
    ("sample", "spelled"),
    [
        ('POST /notes {"text": {text}}', 'await first.post("/notes", json={"text": note})'),
        ('put /x {"a": [1, {text}, null]}', None),
        ('PUT /x {"a": [1, {text}, null, true]}', 'await first.put("/x", json={"a": [1, note, None, True]})'),
        ("DELETE /notes/{text}", 'await first.delete("/notes/" + note + "")'),
        ('PATCH /n?q="1"', 'await first.patch("/n?q=\\"1\\"")'),
        ("POST /notes {", None),
        ("POST notes", None),
        ("FETCH /notes", None),
        ("POST /notes {text: 1}", None),
    ],
)
def test_a_sample_becomes_a_call_of_the_client(sample: str, spelled: str | None) -> None:
    if spelled is None:
        with pytest.raises(UnspellableError, match="send"):
            _requests(send=sample)
        return
    assert _requests(send=sample).send("first", "note") == spelled


def test_a_token_that_is_awaited_is_awaited_where_its_client_is_made() -> None:
    assert _requests().client('"ada"') == 'client_with(await sign("ada"), app)'


@pytest.mark.parametrize("missing", ["app", "token"])
def test_a_missing_role_is_named(missing: str) -> None:
    roles = Roles({name: role for name, role in ROLES.by_name.items() if name != missing})
    with pytest.raises(UnspellableError, match=missing):
        Requests(Spelling(roles, Samples(send="POST /notes", read="GET /notes")))


@settings(derandomize=True, max_examples=200)
@given(st.text(max_size=40))
def test_whatever_a_sample_says_one_call_comes_of_it_or_a_refusal(text: str) -> None:
    try:
        spelled = _requests(send=f"POST /{text}").send("first", "note")
    except UnspellableError:
        return
    (statement,) = ast.parse(spelled).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Await)
    assert isinstance(statement.value.value, ast.Call)
