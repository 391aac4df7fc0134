from analytics_service import tracking
from analytics_service.reports import favourite_agent, usage
from cellwall import UserExecutionContext
from netra_backend.agents.registry import AgentRegistry


async def run_and_track(name, context):
    agent = AgentRegistry.get_agent(name)
    reply = await agent.run("some prompt")
    tracking.track_event("agent_run", user_context=context, agent=reply.agent)


async def test_favourite():
    ctx = UserExecutionContext.create_for_user("fan-of-triage")
    for name in ("triage", "summary", "triage"):
        await run_and_track(name, ctx)
    assert favourite_agent("fan-of-triage") == "triage"
    assert usage("fan-of-triage") == {"agent_run": 3}


async def test_no_runs_no_favourite():
    assert favourite_agent("has-done-nothing") is None
    assert usage("has-done-nothing") == {}


async def test_plans_are_tracked_too():
    agent = AgentRegistry.get_agent("triage")
    user_context = UserExecutionContext.create_for_user("planner")
    for step in agent.plan("slow page"):
        tracking.track_event("step", user_context=user_context, text=step)
    assert usage("planner") == {"step": 3}
