"""Isolation with one user."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "isolation-test-with-one-user"
FOUND = [
    pytest.param(
        """
        def test_cross_tenant_access(client):
            assert client.get("/a", tenant_id="t1")
        """,
        [2],
        id="tenants",
    ),
    pytest.param(
        """
        def test_user_isolation(client):
            client.post("/notes", user="ann", timeout=5)
            assert client.get("/notes", limit=10).status_code == 200
        """,
        [2],
        id="numbers that measure",
    ),
]
SILENT = [
    pytest.param(
        """
        async def test_tenant_isolation(patch):
            now = {"v": 1}
            patch("_tenant_id", lambda: now["v"])
            await put("ch", 7)
            now["v"] = 2
            assert await get("ch") is None
        """,
        id="numbers, one after the other in one place",
    ),
    pytest.param(
        """
        def test_tenant_isolation_of_a_role():
            home = [(5, 10), (5, 20)]
            assert missing(home, {(5, 10)}) == [(5, 20)]
        """,
        id="numbers in pairs",
    ),
    pytest.param(
        """
        def test_key_isolation_across_users(cache):
            fill(groups={1}, response=RESPONSE)
            assert cache.get(groups={2}) is None
        """,
        id="numbers in sets",
    ),
    pytest.param(
        """
        def test_sums_across_users(db):
            assert total(db) == 3
        """,
        id="across, not cross",
    ),
    pytest.param(
        """
        def test_policy_allows_cross_account_access(policy):
            assert check(policy)
        """,
        id="accounts of a cloud",
    ),
    pytest.param(
        """
        def test_org_isolation(org_b_client, goal):
            assert goal not in org_b_client.get("/goals")
        """,
        id="named by a letter",
    ),
    pytest.param(
        """
        def test_cross_workspace_id_is_not_found(service):
            made = service.create(WORKSPACE_A, "secret")
            assert service.get(WORKSPACE_B, made) is None
        """,
        id="constants",
    ),
    pytest.param(
        """
        def test_cross_workspace_upload_is_rejected(kb):
            other_context = Context("b")
            assert not kb.store(CONTEXT, key(context=other_context))
        """,
        id="another one by name",
    ),
    pytest.param(
        """
        def test_tenant_isolation_by_path(store):
            store.write(1, "skill")
            assert not store.exists(2, "skill")
        """,
        id="numbers",
    ),
    pytest.param(
        """
        import pytest
        def test_cross_tenant_cluster_is_denied(cluster):
            with pytest.raises(Forbidden):
                create(ctx(), cluster)
        """,
        id="what is refused is somebody's",
    ),
    pytest.param(
        """
        def test_user_isolation(client):
            client.get(user_id="a")
            client.get(user_id="b")
        """,
        id="two texts",
    ),
    pytest.param(
        """
        def test_session_isolation():
            a = make_session()
            b = make_session()
            assert a is not b
        """,
        id="made twice",
    ),
    pytest.param(
        """
        def test_user_isolation(client):
            for n in range(3):
                client.get(n)
        """,
        id="a loop",
    ),
    pytest.param(
        """
        def test_isolation_level(db):
            assert db
        """,
        id="not about users",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == []
