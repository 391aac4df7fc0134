"""What an event may hold, decided when it is tracked."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall import AnalyticsLog, UserExecutionContext
from cellwall.runtime.errors import InvalidEventError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class Page(StrEnum):
    HOME = "home"


class Liar(str):
    """Answers what checks want to hear."""

    __slots__ = ()

    def isprintable(self) -> bool:
        return True

    def strip(self, chars: str | None = None) -> str:
        return "x"

    def __len__(self) -> int:
        return 1

    def __str__(self) -> str:
        return "harmless"


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_what_json_holds_comes_back(properties: dict[str, Any]) -> None:
    log = AnalyticsLog(clock=lambda: 0.0)
    ada = UserExecutionContext.create_for_user("ada")
    taken = properties.keys() - {"user_context"}
    event = log.track_event("view", user_context=ada, **{key: properties[key] for key in taken})
    assert dict(event.properties) == {key: properties[key] for key in taken}
    assert event.properties_text.isascii()
    assert log.query_events(user_id="ada") == [event]


def test_a_property_may_have_any_name(ada: UserExecutionContext) -> None:
    event = AnalyticsLog().track_event("view", user_context=ada, name="n", self="s", user_id="bob")
    assert dict(event.properties) == {"name": "n", "self": "s", "user_id": "bob"}
    assert event.user_id == "ada"


def _deep() -> list[Any]:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


def _circle() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize(
    "value",
    [object(), b"bytes", {1, 2}, float("nan"), float("inf"), {(1, 2): 3}, _circle(), 10**5000, "x" * 70_000],
    ids=["object", "bytes", "set", "nan", "infinity", "tuple as key", "circle", "huge number", "too long"],
)
def test_other_properties_are_refused_at_once(ada: UserExecutionContext, value: Any) -> None:
    log = AnalyticsLog()
    with pytest.raises(InvalidEventError, match="properties"):
        log.track_event("view", user_context=ada, value=value)
    assert log.query_events(user_id="ada") == []


def test_a_bottomless_property_is_refused(ada: UserExecutionContext) -> None:
    with pytest.raises(InvalidEventError, match="properties"):
        AnalyticsLog().track_event("view", user_context=ada, value=_deep())


@pytest.mark.parametrize(
    "name",
    [None, "", "  ", 7, b"view", "a\nb", "nul\x00", "x" * 256, "x" * 1_000_000, "\ud800", Liar("\x00")],
)
def test_other_names_are_refused(ada: UserExecutionContext, name: Any) -> None:
    log = AnalyticsLog()
    with pytest.raises(InvalidEventError, match="name"):
        log.track_event(name, user_context=ada)
    assert log.stats.written == 0


def test_a_name_becomes_plain_text(ada: UserExecutionContext) -> None:
    event = AnalyticsLog().track_event(Page.HOME, user_context=ada)
    assert (event.name, type(event.name)) == ("home", str)


def test_later_changes_reach_no_event(ada: UserExecutionContext) -> None:
    log = AnalyticsLog()
    cart = ["book"]
    event = log.track_event("buy", user_context=ada, cart=cart)
    cart.append("lamp")
    event.properties["cart"].append("lamp")
    (found,) = log.query_events(user_id="ada")
    found.properties["cart"].append("lamp")
    assert log.query_events(user_id="ada")[0].properties["cart"] == ["book"]
