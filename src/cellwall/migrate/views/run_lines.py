"""The figures of a running run as labelled texts, for dashboard and status block; so they cannot differ."""

from typing import Final

from cellwall.migrate import figures
from cellwall.migrate.measured_tests import outcomes_now
from cellwall.migrate.progress import dry_run, final_stages, remaining_seconds, status, validation_queue
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms
from cellwall.migrate.views.plain_text import duration, plain
from cellwall.project.number_of import number_of

NOT_MEASURED: Final = "not measured"
LABELS: Final = {
    "updated": "Files updated",
    "tests": "Tests passing",
    "findings": "Violations found",
    "queue": "Validation queue",
    "estimate": "Estimated completion",
}
# Which of them a line of the plan's own dashboard asks for.
ASKED: Final = {
    "updated": Terms((("file",), ("updat", "chang", "migrat", "done", "total"))),
    "tests": Terms((("test", "suite"), ("pass", "green", "succe"))),
    "findings": Terms((("violation", "finding", "leak", "anti pattern"),)),
    "queue": Terms((("queue", "validation"),)),
    "estimate": Terms((("estimat", "eta", "completion", "remaining", "time left"),)),
}


def run_lines(state: State, now: float) -> dict[str, str]:
    """Give label -> text, labels and their order as the plan's own dashboard has them, then ours."""
    values = _values(state, now)
    labels = _plan_labels(state)
    ordered = [*labels, *(key for key in LABELS if key not in labels)]
    return {labels.get(key, LABELS[key]): values[key] for key in ordered}


def _plan_labels(state: State) -> dict[str, str]:
    lines = state.started.plan.get("dashboard", []) if state.started else []
    labels: dict[str, str] = {}
    for line in lines:
        label, colon, _ = plain(line["text"]).strip(" │|").partition(":")
        for key, terms in ASKED.items():
            if colon and key not in labels and terms.cover(label):
                labels[key] = label.strip()
                break
    return labels


def _values(state: State, now: float) -> dict[str, str]:
    dry = dry_run(state)
    updated = figures.files_proposed(state) if dry else figures.files_updated(state)
    left = figures.findings_left(state)
    queue = ", ".join(f"{number} {stage}" for stage, number in validation_queue(state).items())
    return {
        "updated": f"{updated:,}/{figures.files_in_scope(state):,}{_note(state, dry)}",
        "tests": _tests(state),
        "findings": NOT_MEASURED if left is None else f"{left:,}",
        "queue": queue,
        "estimate": estimate(state, now),
    }


def _note(state: State, dry: bool) -> str:
    added = figures.files_added(state)
    return " (dry run)" if dry else (f" and {added:,} new" if added else "")


def _tests(state: State) -> str:
    now = outcomes_now(state)
    if now is None or now.rate is None:
        return NOT_MEASURED
    shown = 100 if not now.bad else min(99, round(now.rate))  # 100 means all
    return f"{shown}% ({now.passed:,} of {now.passed + now.bad:,})"


def estimate(state: State, now: float) -> str:
    """Say when the run will be done, from the measured pace, or how it stands."""
    if status(state) != "unfinished":
        return "finished" if state.finished else plain(f"stopped: {state.stopped}")
    final = final_stages(state)
    if state.surveyed and all(batch.stage in final for batch in state.batches.values()):
        return "last validation"
    seconds = remaining_seconds(state, now)
    return "measuring the pace" if seconds is None else duration(seconds)


def headline(state: State) -> str:
    """Give the title of the plan's own dashboard, else ours."""
    lines = state.started.plan.get("dashboard", []) if state.started else []
    titles = (plain(line["text"]).strip(" │|") for line in lines)
    return next(
        (title for title in titles if any(map(str.isalpha, title)) and ":" not in title), "CELLWALL RUN"
    )


def summary(state: State) -> str:
    """Give one line that names the run and its branch."""
    if not state.started:
        return "no run has started"
    agents = number_of(len(state.started.agents), "agent")
    return plain(f"run {state.started.run_id}, {agents}, branch {state.started.branch}")
