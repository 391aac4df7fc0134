"""Notes are their writer's."""

from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient

Bearer = dict[str, dict[str, str]]


def test_everybody_sees_their_own(client: TestClient, bearer: Bearer) -> None:
    for name in ("ada", "bob"):
        added = client.post("/notes", json={"text": f"{name}'s secret"}, headers=bearer[name])
        assert added.status_code == 201
    for name in ("ada", "bob"):
        found = client.get("/notes", headers=bearer[name]).json()
        assert [note["text"] for note in found] == [f"{name}'s secret"]
    assert client.get("/notes", headers=bearer["mallory"]).json() == []


def test_nobody_removes_what_is_not_theirs(client: TestClient, bearer: Bearer) -> None:
    note = client.post("/notes", json={"text": "keep"}, headers=bearer["ada"]).json()
    assert client.delete(f"/notes/{note['id']}", headers=bearer["mallory"]).status_code == 404
    assert client.get("/notes", headers=bearer["ada"]).json() == [note]
    assert client.delete(f"/notes/{note['id']}", headers=bearer["ada"]).status_code == 204
    assert client.get("/notes", headers=bearer["ada"]).json() == []


def test_at_once(client: TestClient, bearer: Bearer) -> None:
    def work(name: str) -> list[str]:
        for number in range(5):
            client.post("/notes", json={"text": f"{name} {number}"}, headers=bearer[name])
        return [note["text"] for note in client.get("/notes", headers=bearer[name]).json()]

    with ThreadPoolExecutor(3) as threads:
        found = dict(zip(bearer, threads.map(work, bearer)))
    assert found == {name: [f"{name} {number}" for number in range(5)] for name in bearer}
