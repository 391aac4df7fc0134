"""Finding the call in a role's expression that works for somebody."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.testing.leaky_doubles.spelled import NotMadeError, Point, point_of

SPELLINGS = [
    ("from a.b import Pool", "Pool()", Point("a.b", "Pool", (), True)),
    ("from a.b import pool", "pool", Point("a.b", "pool")),
    ("from a import f", "f({name}, {context})", Point("a", "f", (), True, 1)),
    ("from a import f", "f({name}, for_={context})", Point("a", "f", (), True, "for_")),
    ("from a import F as G", "G.shared.make({user_id})", Point("a", "F", ("shared", "make"), True, 0)),
    ("import a.b", "a.b.issue({user_id})", Point("a", "", ("b", "issue"), True, 0)),
    ("import a.b as c", "c.issue({user_id})", Point("a.b", "", ("issue",), True, 0)),
    ("from a import decode", "decode({token})['sub']", Point("a", "decode", (), True, 0)),
    ("from a import f", "f(owner=str({user_id}))", Point("a", "f", (), True, "owner")),
    ("from a import F", "F({context}).make({name})", Point("a", "F", (), True, 0)),
    ("from a import log", "[e for e in log.of({user_id}) if e]", Point("a", "log", ("of",), True, 0)),
    ("from a import s", "s(info={'user': {user_id}})", Point("a", "s", (), True, "info")),
]


@pytest.mark.parametrize(("line", "create", "point"), SPELLINGS, ids=[row[1] for row in SPELLINGS])
def test_where_a_role_is_reached(line: str, create: str, point: Point) -> None:
    assert point_of("role", [line], create) == point


def test_a_point_reads_as_a_dotted_name() -> None:
    assert Point("a.b", "C", ("d",)).text == "a.b.C.d"
    assert Point("a.b", "", ("d",)).text == "a.b.d"


@pytest.mark.parametrize(
    "create", ["other({context})", "{context}.session()", "1", "(lambda g: g)({user_id})"]
)
def test_a_role_without_a_name_that_it_imports(create: str) -> None:
    with pytest.raises(NotMadeError, match="uses no name that it imports"):
        point_of("session", ["from a import f"], create)


NAMES = st.from_regex(r"[a-z]{1,5}", fullmatch=True).filter(lambda name: name.isidentifier())


@settings(max_examples=60, derandomize=True)
@given(steps=st.lists(NAMES, max_size=3), before=st.integers(0, 3), keyword=st.booleans())
def test_any_path_and_place(steps: list[str], before: int, keyword: bool) -> None:
    import keyword as words

    steps = [step for step in steps if not words.iskeyword(step)]
    arguments = ["0"] * before + ["who={context}" if keyword else "{context}"]
    create = ".".join(["Root", *steps]) + f"({', '.join(arguments)})"
    expected = Point("pkg", "Root", tuple(steps), True, "who" if keyword else before)
    assert point_of("role", ["from pkg import Root"], create) == expected
