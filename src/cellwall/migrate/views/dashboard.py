"""The dashboard as text: a bar per agent in a box, and the run's figures. Pure; writes nowhere."""

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from cellwall.migrate.progress import AgentProgress, agent_progress
from cellwall.migrate.state import State
from cellwall.migrate.views.agent_labels import agent_labels
from cellwall.migrate.views.plain_text import fit, plain
from cellwall.migrate.views.run_lines import headline, run_lines, summary
from cellwall.project.number_of import number_of

WIDEST: Final = 80
NARROWEST: Final = 24
FRAME_LINES: Final = 11  # the box without its agents: title, rules, figures, the line below


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of the box and the bars."""

    top: str
    middle: str
    bottom: str
    side: str
    rule: str
    full: str
    empty: str
    ascii_only: bool


BOX: Final = Glyphs("┌┐", "├┤", "└┘", "│", "─", "█", "░", False)
ASCII: Final = Glyphs("++", "++", "++", "|", "-", "#", "-", True)


def render_dashboard(
    state: State,
    now: float,
    width: int = WIDEST,
    color: bool = True,
    *,
    ascii_only: bool = False,
    height: int | None = None,
) -> Text:
    """Give the dashboard, at most `width` cells wide and (agents left out, counted) `height` lines high."""
    glyphs = ASCII if ascii_only else BOX
    inner = max(NARROWEST, min(width, WIDEST)) - 4
    agents = agent_progress(state)
    shown = agents if height is None else _most_telling(agents, max(1, height - FRAME_LINES))
    labels = agent_labels(state, agents)
    lines = [
        _rule(glyphs, glyphs.top, inner),
        _row(glyphs, inner, Text(fit(headline(state), inner, ascii_only=ascii_only), style="bold")),
        _rule(glyphs, glyphs.middle, inner),
        *(_row(glyphs, inner, bar) for bar in _bars(shown, labels, inner, glyphs)),
        *_left_out(len(agents) - len(shown), inner, glyphs),
        _rule(glyphs, glyphs.middle, inner),
        *(_row(glyphs, inner, line) for line in _figures(state, now, inner, glyphs)),
        _rule(glyphs, glyphs.bottom, inner),
        Text(fit(summary(state), inner + 4, ascii_only=ascii_only).rstrip(), style="dim"),
    ]
    text = Text("\n", no_wrap=True, overflow="crop").join(lines)
    return text if color else Text(text.plain, no_wrap=True, overflow="crop")


def _most_telling(agents: list[AgentProgress], room: int) -> list[AgentProgress]:
    if len(agents) <= room:
        return agents
    order = sorted(agents, key=lambda a: (not a.working, a.percent == 100, a.number))
    keep = {agent.number for agent in order[: max(1, room - 1)]}
    return [agent for agent in agents if agent.number in keep]


def _left_out(number: int, inner: int, glyphs: Glyphs) -> list[Text]:
    if not number:
        return []
    mark = "..." if glyphs.ascii_only else "…"
    return [_row(glyphs, inner, Text(fit(f"{mark} and {number} more", inner), style="dim"))]


def _bars(agents: list[AgentProgress], labels: dict[int, str], inner: int, glyphs: Glyphs) -> list[Text]:
    names = [plain(labels[agent.number]) for agent in agents]
    cells = 20 if inner >= 60 else max(4, min(10, inner // 4))
    room = min(max(map(cell_len, names), default=0) + 1, inner - cells - 7)
    ascii_only = glyphs.ascii_only
    heads = [fit(name, room - 1, ascii_only=ascii_only).rstrip() + ":" for name in names]
    return [
        _bar(agent, f"{fit(head, room, ascii_only=ascii_only)}  ", cells, inner, glyphs)
        for agent, head in zip(agents, heads, strict=True)
    ]


def _bar(agent: AgentProgress, head: str, cells: int, inner: int, glyphs: Glyphs) -> Text:
    full = cells * agent.percent // 100
    style = "yellow" if agent.refused else ("green" if agent.percent == 100 else "cyan")
    text = Text(head).append(glyphs.full * full, style=style)
    text.append(glyphs.empty * (cells - full), style="dim").append(f" {agent.percent:3d}%")
    note = f"  {number_of(agent.refused, 'file')} refused" if agent.refused else ""
    if cell_len(text.plain) + len(note) <= inner:
        text.append(note, style="yellow")
    return text.append(" " * max(0, inner - cell_len(text.plain)))


def _figures(state: State, now: float, inner: int, glyphs: Glyphs) -> list[Text]:
    lines = (f"{label}: {value}" for label, value in run_lines(state, now).items())
    return [Text(fit(line, inner, ascii_only=glyphs.ascii_only)) for line in lines]


def _row(glyphs: Glyphs, inner: int, content: Text) -> Text:
    row = Text(f"{glyphs.side} ", style="")
    row.append_text(content)
    return row.append(f" {glyphs.side}")


def _rule(glyphs: Glyphs, corners: str, inner: int) -> Text:
    return Text(corners[0] + glyphs.rule * (inner + 2) + corners[1])
