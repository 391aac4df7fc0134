"""The report as a JSON text; what is in it says report_data."""

import json

from cellwall.migrate.state import State
from cellwall.migrate.views.report_data import report_data


def render_json(state: State) -> str:
    """Give the JSON text, ASCII only, so that no terminal and no encoding can be surprised by it."""
    return json.dumps(report_data(state), indent=2, allow_nan=False) + "\n"
