import asyncio

from hera.workflows import Container, Workflow


async def load_settings():
    await asyncio.sleep(0.01)


async def test_build(user_context):
    with Workflow(name=user_context.user_id, entrypoint="main") as workflow:
        await load_settings()
        Container(name=f"c-{user_context.user_id}", image="busybox")
    assert [template.name for template in workflow.templates] == [f"c-{user_context.user_id}"]
