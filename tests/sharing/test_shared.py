"""Shared objects are told: the top-most, with both ways, and not what may be shared."""

import functools
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwall.runtime.errors import SharedStateError
from cellwall.sharing import Profile, always, assert_isolated, shared_objects


class Service:
    """What both users could hold."""

    def __init__(self, **held: Any) -> None:
        vars(self).update(held)

    def handle(self) -> None: ...


def told(a: object, b: object, **options: Any) -> list[str]:
    return [str(one) for one in shared_objects(a, b, **options)]


def test_the_top_most_object_is_told_with_both_ways() -> None:
    cache: dict[str, list[int]] = {"x": [1]}
    a, b = Service(cache=cache), [Service(inner={"kept": cache})]
    assert told(a, b) == ["dict: a.cache is b[0].inner['kept']"]


def test_two_objects_are_two() -> None:
    one, other = [1], {2}
    assert told([one, other], (other, one)) == ["set: a[1] is b[0]", "list: a[0] is b[1]"]


def test_what_cannot_change_is_looked_through() -> None:
    inner: list[int] = []
    holder = (inner, "text", 5)
    assert told([holder], [holder]) == ["list: a[0][0] is b[0][0]"]
    assert told([("text", 5)], [("text", 5)]) == []


def test_functions_lead_to_what_they_hold() -> None:
    seen: list[str] = []

    def remember(user: str, into: list[str] = seen) -> None:
        into.append(user)

    bound = Service().handle
    assert told([remember], [remember]) == ["list: a[0].<default into> is b[0].<default into>"]
    assert told(functools.partial(print, seen), [seen]) == ["list: a.args[0] is b[0]"]
    assert len(told([bound], [bound])) == 1
    assert told([Service().handle], [Service().handle]) == []


def test_the_same_root_is_shared() -> None:
    root = [1]
    assert told(root, root) == ["list: a is b"]


def test_classes_and_modules_are_no_way() -> None:
    assert told([Service, pytest, Service()], [Service, pytest, Service()]) == []


def test_cycles_end() -> None:
    a, b = Service(), Service()
    a.self, b.self = a, b
    assert told(a, b) == []
    a.other = b
    assert told(a, b)[0].endswith("Service: a.other is b")


def test_owners_inside_are_told() -> None:
    recent = ["note of alice"]
    found = shared_objects([recent], [recent], owners_in=lambda text: {"alice"} if "alice" in text else set())
    assert found[0].holds == {"alice"}
    assert "holding values of alice" in str(found[0])


def test_a_profile_closes_a_type_or_gives_the_reason() -> None:
    name = f"{Service.__module__}.{Service.__qualname__}"
    shared = Service(inner=[])
    closed = Profile("shop", made_for_all={name: "stateless"})
    assert told([shared], [shared], profiles=[closed]) == []
    named = Profile("shop", per_user={name: always("a basket")})
    assert told([shared], [shared], profiles=[named]) == [f"{name} (a basket): a[0] is b[0]"]
    harmless = Profile("shop", per_user={name: always("")})
    assert told([shared], [shared], profiles=[harmless]) == []


def test_too_much_to_look_at_is_said() -> None:
    with pytest.raises(SharedStateError, match="nothing is known"):
        shared_objects([[n] for n in range(50)], [], limit=20)


def test_the_assertion_lists_them() -> None:
    assert_isolated([1, [2]], [1, [2]])
    held = [[n] for n in range(12)]
    with pytest.raises(SharedStateError) as caught:
        assert_isolated(SimpleNamespace(x=held), SimpleNamespace(y=tuple(held)))
    text = str(caught.value)
    assert "a and b share 12 objects" in text
    assert "list: a.x[0] is b.y[0]" in text
    assert "and 2 more" in text


containers = st.recursive(
    st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=15,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no defect
@given(
    st.lists(containers, max_size=4), st.lists(containers, max_size=4), st.integers(0, 4), st.integers(0, 4)
)
def test_a_planted_object_is_the_only_one_found(a: list[Any], b: list[Any], at: int, other: int) -> None:
    import copy

    a, b = copy.deepcopy(a), copy.deepcopy(b)
    assert shared_objects(a, b) == []
    planted = {"planted": [1]}
    a.insert(at, planted)
    b.insert(other, {"deep": (planted,)})
    (found,) = shared_objects(a, b)
    assert eval(found.first, {"a": a}) is eval(found.second, {"b": b}) is planted
