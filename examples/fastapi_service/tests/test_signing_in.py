"""Who gets in, how often, and until when."""

from fastapi.testclient import TestClient

Bearer = dict[str, dict[str, str]]


def test_health_is_for_everybody(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "up"}


def test_wrong_passwords(client: TestClient) -> None:
    for name, password in (("ada", "bob's password"), ("nobody", ""), ("", "")):
        assert client.post("/sign-in", json={"name": name, "password": password}).status_code == 401


def test_without_a_token(client: TestClient, tokens: dict[str, str]) -> None:
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"cookie": f"token={tokens['ada']}"}):
        answer = client.get("/notes", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


def test_after_signing_out(client: TestClient, bearer: Bearer) -> None:
    assert client.post("/sign-out", headers=bearer["ada"]).status_code == 204
    assert client.get("/notes", headers=bearer["ada"]).status_code == 401
    assert client.get("/notes", headers=bearer["bob"]).status_code == 200
    again = client.post("/sign-in", json={"name": "ada", "password": "ada's password"}).json()
    assert client.get("/notes", headers={"authorization": f"Bearer {again['token']}"}).status_code == 200


def test_one_users_haste_is_nobody_elses_wait(client: TestClient, bearer: Bearer) -> None:
    answers = [client.get("/notes", headers=bearer["mallory"]) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[0].headers["ratelimit"].startswith('"user";r=29;')
    assert int(answers[-1].headers["retry-after"]) > 0
    assert client.get("/notes", headers=bearer["ada"]).status_code == 200
