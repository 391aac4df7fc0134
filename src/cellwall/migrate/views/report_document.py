"""The whole report as a document: the plan's own sections first, then those that every report has."""

from cellwall.migrate.state import State
from cellwall.migrate.views.document import Document
from cellwall.migrate.views.plan_sections import plan_sections
from cellwall.migrate.views.report_data import report_data
from cellwall.migrate.views.run_sections import (
    judged_sections,
    not_done_section,
    run_section,
    tasks_section,
    tests_section,
)


def report_document(state: State) -> Document:
    """Give the report of a run in whatever state it is."""
    data = report_data(state)
    structure = state.started.plan.get("report_structure", []) if state.started else []
    return [
        *plan_sections(structure, data),
        *judged_sections(data),
        *tasks_section(data),
        *tests_section(data),
        *run_section(data),
        *not_done_section(data),
    ]
