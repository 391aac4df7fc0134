"""Role templates: placeholders are found and filled, and whatever is no single expression is refused."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.project.default_roles import DEFAULT_ROLES, with_defaults
from cellwall.project.roles import Role, Roles
from cellwall.project.template import (
    PLACEHOLDERS,
    TemplateError,
    check_expression,
    check_import,
    fill,
    placeholders,
    spell,
)


def test_filling() -> None:
    template = "make({name}, {context}, n={name})"
    assert placeholders(template) == ("name", "context", "name")
    assert fill(template, {"name": '"a"', "context": "ctx"}) == 'make("a", ctx, n="a")'


def test_a_value_is_not_filled_again() -> None:
    assert fill("f({name}, {context})", {"name": "'{context}'", "context": "c"}) == "f('{context}', c)"


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("f({name})", {})


@pytest.mark.parametrize(
    ("template", "value", "spelled"),
    [
        ('f({user_id}, "{user_id}-x")', "user", 'f(user, f"{user}-x")'),
        ('f({user_id}, "{user_id}-x")', "self.user", 'f(self.user, f"{self.user}-x")'),
        ('f({user_id}, "{user_id}-x")', '"amber"', 'f("amber", "amber-x")'),
        ("f('{user_id}')", "users[0]", 'f("{}".format(users[0]))'),
        ("f('a \"b\"', {user_id})", "user", "f('a \"b\"', user)"),
        ("f({})", "user", None),
    ],
)
def test_spelling_inside_of_strings(template: str, value: str, spelled: str | None) -> None:
    if spelled is None:
        with pytest.raises(KeyError):
            spell(template, {"user_id": value})
    else:
        assert spell(template, {"user_id": value}) == spelled


@pytest.mark.parametrize(
    "template", ["f('{user_id} {')", "f(b'{user_id}')", "f('{user_id}", "f(rb'{user_id}')"]
)
def test_strings_that_cannot_be_spelled(template: str) -> None:
    with pytest.raises(TemplateError):
        spell(template, {"user_id": "user"})


@settings(max_examples=200)
@given(before=st.text(st.characters(exclude_characters="{}")), user=st.text(), way=st.integers(0, 2))
def test_a_spelled_string_holds_the_value(before: str, user: str, way: int) -> None:
    value = [repr(user), "user", "[user][0]"][way]
    spelled = spell(
        f"({before!r} + '{{user_id}}', {{user_id}}, {before + '{user_id}'!r})", {"user_id": value}
    )
    assert eval(spelled, {"user": user}) == (before + user, user, before + user)


@pytest.mark.parametrize("role", DEFAULT_ROLES.by_name.values(), ids=lambda role: role.name)
def test_default_roles_are_usable(role: Role) -> None:
    check_expression(role.create)
    for line in role.imports:
        check_import(line)
    name = role.imports[0].rpartition(" ")[2]
    assert role.create.startswith(name)


def test_defaults_fill_what_is_not_configured() -> None:
    own = Role("pool", ("import app",), "app.pool()")
    roles = with_defaults(Roles({"pool": own}))
    assert roles.get("pool") == own
    assert set(roles.by_name) == set(DEFAULT_ROLES.by_name)
    assert roles.get("session") == DEFAULT_ROLES.get("session")


@pytest.mark.parametrize("bad", ["f(", "a; b", "x = 1", "f({who})", "f({})", "a\nb", "", "(" * 5000, "f(\0)"])
def test_bad_expressions(bad: str) -> None:
    with pytest.raises(TemplateError):
        check_expression(bad)


@pytest.mark.parametrize(
    "bad", ["import", "f()", "import a; import b", "from . import a", "from a import *", "", "import a\nb"]
)
def test_bad_imports(bad: str) -> None:
    with pytest.raises(TemplateError):
        check_import(bad)


@given(st.text(alphabet="{}()f,.contextname_ \n'\"=+", max_size=40))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_what_is_accepted_parses_when_filled(template: str) -> None:
    try:
        check_expression(template)
    except TemplateError:
        return
    ast.parse(fill(template, dict.fromkeys(PLACEHOLDERS, "value")).strip(), mode="eval")
