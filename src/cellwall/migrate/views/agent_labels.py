"""What an agent is called in dashboards and reports: as the plan's own dashboard says, else its name."""

import re
from typing import Final

from cellwall.migrate.progress import SHARED, AgentProgress
from cellwall.migrate.state import State
from cellwall.migrate.views.plain_text import plain

_LABEL: Final = re.compile(r"\s*(?P<label>\D*?(?P<number>\d{1,6})\s*\((?P<name>[^()]{1,60})\))\s*:")


def agent_labels(state: State, agents: list[AgentProgress]) -> dict[int, str]:
    """Give agent number -> "Agent 3 (Name)"; batch 0 is "Shared files"."""
    short = _plan_names(state)
    return {agent.number: _label(agent, short) for agent in agents}


def _label(agent: AgentProgress, short: dict[int, str]) -> str:
    if agent.number == SHARED:
        return agent.name or "Shared files"
    name = short.get(agent.number, plain(agent.name))
    return f"Agent {agent.number} ({name})" if name else f"Agent {agent.number}"


def _plan_names(state: State) -> dict[int, str]:
    lines = state.started.plan.get("dashboard", []) if state.started else []
    found = (_LABEL.match(plain(line["text"]).strip(" │|")) for line in lines)
    return {int(match["number"]): match["name"].strip() for match in found if match}
