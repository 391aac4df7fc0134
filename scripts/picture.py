"""Draws the README's picture of the dashboard: a run that never was, halfway, as an SVG that loads nothing.

Usage: python scripts/picture.py [docs/dashboard.svg]
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.migrate.fake_run import RunBuilder
from cellwall.migrate.views.dashboard import render_dashboard

NAMES = (
    "Carts",
    "Checkout",
    "Sockets",
    "Orders database",
    "Search tools",
    "Payments",
    "Public API",
    "Shipping",
)
BATCHES = (5, 4, 6, 4, 3, 5, 2, 4)
FILES = 4  # in each batch
MERGED = (5, 3, 5, 4, 1, 4, 0, 3)
RUN_ID = "20260105-101500000-3fa9"
FINDINGS = {"global-registry-access": 96, "shared-session": 31, "singleton-websocket-manager": 20}
FOREIGN = re.compile(r"@font-face\s*\{[^}]*\}\s*|<!--.*?-->\s*", re.DOTALL)


def halfway_through() -> RunBuilder:
    """Eight agents at work: most batches merged, one refused, some at the gates."""
    build = RunBuilder().start(NAMES, plan={}, run_id=RUN_ID, branch=f"cellwall/{RUN_ID}")
    build.survey(FINDINGS, files_in_scope=sum(BATCHES) * FILES)
    for agent, count in enumerate(BATCHES, 1):
        for number in range(count):
            build.plan(f"a{agent:02}-b{number:03}", agent, *paths(agent, number))
    for agent, count in enumerate(MERGED, 1):
        for number in range(count):
            build.now += 12 * agent
            build.merge(f"a{agent:02}-b{number:03}", agent, paths(agent, number))
    build.refuse("a02-b003", 2, paths(2, 3))
    build.propose("a07-b000", 7, paths(7, 0))
    return build.propose("a05-b001", 5, paths(5, 1)).judge("a05-b001")


def paths(agent: int, number: int) -> list[str]:
    """Give the paths of one batch."""
    return [f"tests/part{agent}/test_{number}_{file}.py" for file in range(FILES)]


def picture(build: RunBuilder) -> str:
    """Give the SVG: text in the viewer's own monospaced font, no address in it but the SVG namespace's."""
    console = Console(
        record=True, width=80, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(render_dashboard(build.state, build.now), highlight=False)
    svg = console.export_svg(title="cellwall run PLAN.md", unique_id="dashboard")
    return FOREIGN.sub("", svg).replace("font-family: Fira Code, monospace", "font-family: monospace")


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/dashboard.svg")
    write_atomically(target, picture(halfway_through()).encode())
    print(f"wrote {target}")
