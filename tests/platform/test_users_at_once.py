"""Several people use the running platform at the same time, over HTTP and WebSocket.

Isolation strategy of every test here: users whose names and secrets no other test has, on one platform;
whoever hears, reads or is refused something on account of another user fails it.
"""

import asyncio

import httpx
import pytest

from tests.platform.conftest import Join
from tests.platform.visitor import Visitor, eventually


def others(visitors: list[Visitor], me: Visitor) -> list[str]:
    return [word for each in visitors if each is not me for word in (each.secret, each.user_id)]


@pytest.mark.parametrize("count", [2, 10])
async def test_each_hears_and_sees_their_own(count: int, join: Join) -> None:
    """Isolation strategy: all run agents at once; what each hears and reads holds no word of the others."""
    visitors = [await join(f"user{number}") for number in range(count)]

    async def visit(me: Visitor) -> str:
        async with me.listening() as ear:
            await ear.until("welcome")
            runs = await asyncio.gather(me.run("summary"), me.run("triage", "the site is slow"))
            heard = await ear.until("agent_completed", count=2)
        assert [run["user_id"] for run in runs] == [me.user_id] * 2
        assert {event["data"]["run_id"] for event in heard[1:]} == {run["run_id"] for run in runs}
        note = (await me.http.post("/notes", json={"text": me.secret})).json()
        read = [
            await me.http.get(path) for path in ("/threads", "/export", "/profile", f"/notes/{note['id']}")
        ]
        return str(heard) + "".join(answer.raise_for_status().text for answer in read)

    for me, seen in zip(visitors, await asyncio.gather(*map(visit, visitors)), strict=True):
        assert seen.count(me.secret) >= 5
        assert [word for word in others(visitors, me) if word in seen] == []


async def test_figures_are_each_users_own(join: Join) -> None:
    """Isolation strategy: one user runs three agents, the other none; each asks for their own figures."""
    ada, bob = await join("ada"), await join("bob")
    for _ in range(3):
        await ada.run()
    assert (await ada.http.get("/usage")).json() == {"sign_in": 1, "agent_run": 3}
    assert (await bob.http.get("/usage")).json() == {"sign_in": 1}


async def test_ids_of_others_open_nothing(join: Join) -> None:
    """Isolation strategy: one user tries every id that the other was given, to read, change and delete."""
    ada, bob = await join("ada"), await join("bob")
    project = (await ada.http.post("/projects", json={"name": "hers"})).json()["id"]
    note = (await ada.http.post("/notes", json={"text": ada.secret, "project_id": project})).json()["id"]
    thread = (await ada.run())["thread_id"]
    for path in (f"/notes/{note}", f"/projects/{project}/notes", f"/projects/{project}/notes/{note}",
                 f"/threads/{thread}"):  # fmt: skip
        assert await bob.status(path) == 404, path
        assert await ada.status(path) == 200, path
    assert (await bob.http.put(f"/notes/{note}", json={"text": "his"})).status_code == 404
    assert (await bob.http.delete(f"/notes/{note}")).status_code == 404
    assert ada.secret not in (await bob.http.get("/notes/search", params={"q": "secret"})).text
    body = {"text": "for her", "user_id": ada.user_id}
    await bob.http.post("/notes", json=body)
    assert [each["text"] for each in (await ada.http.get("/notes")).json()] == [ada.secret]


async def test_who_asks_too_often_waits_alone(join: Join) -> None:
    """Isolation strategy: one user uses their limit up while the other asks now and then."""
    eager, calm = await join("eager"), await join("calm")
    answers = [await eager.http.get("/projects")]
    while answers[-1].status_code != 429:  # the limit of 120 fills up again, so there is no saying how many
        answers += await asyncio.gather(*(eager.http.get("/projects") for _ in range(50)))
        answers.sort(key=lambda answer: answer.status_code)
    assert {answer.status_code for answer in answers} == {200, 429}
    assert int(answers[-1].headers["retry-after"]) > 0
    assert await calm.status("/projects") == 200


async def test_one_service_does_not_believe_a_users_token(join: Join, platform) -> None:
    """Isolation strategy: a user shows their own token to the service that answers other services only."""
    ada = await join("ada")
    headers = {"Authorization": f"Bearer {ada.token}"}
    for service, path in (("analytics", "/events"), ("auth", "/revocations")):
        assert (await ada.http.get(platform.url(service) + path, headers=headers)).status_code == 401


async def test_a_slow_reader_slows_nobody(join: Join) -> None:
    """Isolation strategy: one user's client reads nothing while both run agents; the other misses none."""
    slow, quick = await join("slow"), await join("quick")
    async with slow.listening() as deaf, quick.listening() as ear:
        deaf.socket.transport.pause_reading()
        await asyncio.gather(*(slow.run(words="word " * 300) for _ in range(20)))
        await asyncio.gather(*(quick.run() for _ in range(5)))
        heard = await ear.until("agent_completed", count=5)
        assert slow.secret not in str(heard)
        deaf.socket.transport.resume_reading()
        await deaf.until("agent_completed")
        assert quick.secret not in str(deaf.heard)


async def test_events_cross_from_one_back_end_to_another(join: Join, real: bool) -> None:
    """Isolation strategy: both listen at one back end and ask at another; Redis carries each their own."""
    if not real:
        pytest.skip("one back end: several need Redis, run with --real-services")
    ada, bob = await join("ada"), await join("bob")
    async with ada.listening() as hers, bob.listening() as his:
        await hers.until("welcome")
        await his.until("welcome")
        for visitor in (ada, bob):
            visitor.http.base_url = httpx.URL(visitor.platform.url("backend2"))
        await asyncio.gather(ada.run(), bob.run())
        assert bob.secret not in str(await hers.until("agent_completed"))
        assert ada.secret not in str(await his.until("agent_completed"))
    await eventually(lambda: threads_are_seen(ada))


async def threads_are_seen(visitor: Visitor) -> bool:
    return visitor.secret in (await visitor.http.get("/threads")).text
