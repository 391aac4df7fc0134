from netra_backend.tools.registry import ToolRegistry as Tools


async def test_same_result_as_the_tool(client, signed_in):
    arguments = {"op": "multiply", "a": 6, "b": 7}
    answer = await client.post(
        "/tools/calculator", json={"arguments": arguments}, headers=signed_in("tool-user")
    )
    tool = Tools.get_tool("calculator")
    assert answer.json() == {"result": await tool.execute(arguments)}


async def test_bad_operation(client, signed_in):
    answer = await client.post(
        "/tools/calculator", json={"arguments": {"op": "cube"}}, headers=signed_in("tool-user")
    )
    assert answer.status_code == 422


async def test_search(client, signed_in):
    direct = await Tools.get_tool("search").execute({"query": "agents order"})
    answer = await client.post(
        "/tools/search", json={"arguments": {"query": "agents order"}}, headers=signed_in("tool-user")
    )
    assert answer.json()["result"] == direct != []
