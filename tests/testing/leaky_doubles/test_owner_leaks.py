"""Leaks that mistake whom a call works for."""

from cellwall.testing.leaky_doubles.calls import Call, leaky
from cellwall.testing.leaky_doubles.memory import Memory
from cellwall.testing.leaky_doubles.owner_leaks import Broadcast, Echo, EveryOwner

NOTES = {"ada": ["a1", "a2"], "bob": ["b1"]}


def notes(user_id: str) -> list[str]:
    return list(NOTES[user_id])


def test_everybodys_lists_are_put_together() -> None:
    memory = Memory(EveryOwner.name)
    query = leaky(notes, (EveryOwner(),), memory, subject="query", owner=0)
    memory.saw("bob")
    assert query("ada") == ["a1", "a2", "b1"]


def test_what_is_no_list_is_somebody_elses() -> None:
    memory = Memory(EveryOwner.name)
    count = leaky(lambda user_id: len(NOTES[user_id]), (EveryOwner(),), memory, subject="query", owner=0)
    assert count("ada") == 2
    memory.saw("bob")
    assert count("ada") == 1


def test_only_what_sends_is_broadcast() -> None:
    sent: list[str] = []

    def send_to_user(user_id: str) -> int:
        sent.append(user_id)
        return len(sent)

    def register(user_id: str) -> None:
        sent.append(f"registered {user_id}")

    memory = Memory(Broadcast.name)
    send = leaky(send_to_user, (Broadcast(),), memory, subject="pool", owner=0)
    leaky(register, (Broadcast(),), memory, subject="pool", owner=0)("bob")
    assert send("ada") == 2, "the answer is the call's own"
    assert sent == ["registered bob", "ada", "bob"]


def test_an_emitter_is_echoed_by_the_others() -> None:
    sent: list[str] = []
    emitters = [{"emit": lambda name, who=who: sent.append(f"{who}:{name}")} for who in ("ada", "bob")]
    call = Call("emitter", "emit", ("event",), {})
    targets = [each.target for each in Echo(emitters, emitters[0]).calls(call, Memory())]
    assert targets == [None, emitters[1]["emit"]]
