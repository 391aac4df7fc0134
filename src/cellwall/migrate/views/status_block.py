"""The plain text block for output that is no terminal: the dashboard's figures without a box."""

from cellwall.migrate.progress import agent_progress
from cellwall.migrate.state import State
from cellwall.migrate.views.agent_labels import agent_labels
from cellwall.migrate.views.plain_text import plain
from cellwall.migrate.views.run_lines import run_lines, summary
from cellwall.project.number_of import number_of


def render_status_block(state: State, now: float) -> str:
    """Give the block, lines without trailing blanks, one newline at the end."""
    agents = agent_progress(state)
    labels = agent_labels(state, agents)
    lines = [summary(state)]
    for agent in agents:
        refused = f", {agent.refused} refused" if agent.refused else ""
        part = f"{agent.done} of {number_of(agent.files, 'file')}{refused}"
        lines.append(f"  {plain(labels[agent.number])}: {agent.percent}% ({part})")
    lines += [f"  {label}: {value}" for label, value in run_lines(state, now).items()]
    return "\n".join(lines) + "\n"
