import html

from frontend.page import render_page
from netra_backend.agents.registry import AgentRegistry


async def test_thread_titles_are_summaries():
    agent = (
        AgentRegistry
        .get_agent("summary")  # the one that the back end uses
    )
    title = (await agent.run("Where is my <invoice>? I wrote twice.")).text
    page = render_page("ada", threads=[title])
    assert f"<li>{html.escape(title)}</li>" in page
    assert "<invoice>" not in page
