"""Who owns which connection; stand-ins take no id from anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.errors import ConnectionRefusedForOwnerError
from cellwall.runtime.websocket import RecordingConnection
from cellwall.runtime.websocket.registry import ConnectionRegistry


def recording(user_id: str, connection_id: str) -> RecordingConnection:
    return RecordingConnection(user_id, connection_id, 10)


def test_a_taken_id_is_refused_to_everybody() -> None:
    registry = ConnectionRegistry()
    registry.add(recording("ada", "ws-1"))
    with pytest.raises(ConnectionRefusedForOwnerError, match="exists"):
        registry.require_free("ws-1")
    registry.require_not_foreign("ada", "ws-1")
    with pytest.raises(ConnectionRefusedForOwnerError, match="another user") as caught:
        registry.require_not_foreign("mallory", "ws-1")
    assert "ada" not in str(caught.value)
    assert registry.get("mallory", "ws-1") is None
    assert registry.remove("mallory", "ws-1") is None


def test_a_stand_in_takes_no_id() -> None:
    registry = ConnectionRegistry()
    registry.hold_stand_in(recording("mallory", "ws-1"))
    registry.require_free("ws-1")
    registry.require_not_foreign("ada", "ws-1")
    adas = recording("ada", "ws-1")
    registry.add(adas)
    assert registry.of_user("ada") == (adas,)
    assert registry.release_stand_in("mallory", "ws-1") is not None
    assert registry.of_user("mallory") == ()


def test_a_stand_in_lasts_for_all_who_use_it() -> None:
    registry = ConnectionRegistry()
    first = recording("ada", "ws-1")
    registry.hold_stand_in(first)
    registry.hold_stand_in(recording("ada", "ws-1"))
    assert registry.of_user("ada") == (first,)
    assert registry.release_stand_in("ada", "ws-1") is None
    assert registry.release_stand_in("ada", "ws-1") is first
    assert registry.release_stand_in("ada", "ws-1") is None
    assert len(registry) == 0


def test_a_real_one_takes_its_stand_ins_place() -> None:
    registry = ConnectionRegistry()
    registry.hold_stand_in(recording("ada", "ws-1"))
    assert not registry.has_real("ada", "ws-1") and not registry.has_real("ada", None)
    real = recording("ada", "ws-1")
    registry.add(real)
    assert registry.release_stand_in("ada", "ws-1") is None
    assert registry.of_user("ada") == (real,)
    assert registry.has_real("ada", "ws-1") and registry.has_real("ada", None)


USERS = st.sampled_from(["ada", "bob", "cleo"])
STEPS = st.tuples(st.sampled_from(["add", "hold", "release", "remove"]), USERS, st.sampled_from("xyz"))


@given(st.lists(STEPS, max_size=60))
def test_any_history_adds_up(steps: list[tuple[str, str, str]]) -> None:
    registry = ConnectionRegistry()
    owners: dict[str, str] = {}
    held: dict[tuple[str, str], int] = {}
    for step, user, name in steps:
        if step == "add" and name not in owners:
            registry.add(recording(user, name))
            owners[name] = user
            held.pop((user, name), None)
        elif step == "hold" and owners.get(name) != user:
            registry.hold_stand_in(recording(user, name))
            held[user, name] = held.get((user, name), 0) + 1
        elif step == "release":
            registry.release_stand_in(user, name)
            if held.get((user, name)):
                held[user, name] -= 1
                if not held[user, name]:
                    del held[user, name]
        elif step == "remove":
            registry.remove(user, name)
            if owners.get(name) == user:
                del owners[name]
            else:
                held.pop((user, name), None)
        expected = {(owner, taken) for taken, owner in owners.items()} | set(held)
        assert {(one.user_id, one.connection_id) for one in registry} == expected
        assert len(registry) == len(expected)
        for one in registry:
            assert one in registry.of_user(one.user_id)
            assert registry.is_stand_in(one.user_id, one.connection_id) is (
                (one.user_id, one.connection_id) in held
            )
    assert registry._owner_of == owners
