"""The sections that every report has, whatever the plan asks for: judgements, tests, and how the run went."""

from collections.abc import Iterable
from typing import Any, Final

from cellwall.migrate.views.document import Block, Heading, Line, Note, Table, verdict_word
from cellwall.migrate.views.plain_text import duration

Data = dict[str, Any]
UNTOUCHED: Final[dict[bool | None, str]] = {
    True: "untouched (tree, branch, index, stash and hooks have the fingerprint they began with)",
    False: "CHANGED while the run went on, by the run or by someone else",
    None: "not compared, for the run has not ended",
}


def judged_sections(data: Data) -> Iterable[Block]:
    """Give criteria and metrics with their evidence."""
    for key in ("criteria", "metrics"):
        rows = tuple((verdict_word(row["met"]), row["name"], row["evidence"]) for row in data[key])
        met = sum(1 for row in data[key] if row["met"])
        yield Heading(2, f"{key.capitalize()}: {met} of {len(rows)} met")
        if rows:
            yield Table(("", "what the plan asks for", "evidence"), rows, judged=True)
        else:
            yield Note(f"The plan names no {key}.")


def tasks_section(data: Data) -> Iterable[Block]:
    """Give what became of each task of the plan."""
    rows = data["tasks"]
    if not rows:
        return
    done = sum(1 for row in rows if row["status"] in ("done", "nothing to do"))
    yield Heading(2, f"Tasks: {done} of {len(rows)} done")
    cells = tuple(
        (str(r["agent"]), r["sentence"], r["status"], f"{r['edits']}/{r['sites']}", str(r["tests_added"]))
        for r in rows
    )
    yield Table(("agent", "task", "status", "edits/sites", "new tests"), cells)
    yield Heading(3, "Evidence for the tasks")
    told = tuple((f"{data['plan']}:{r['line']}", r["capability"] or "none", r["evidence"]) for r in rows)
    yield Table(("where", "capability", "evidence"), told, frozenset({0}))


def tests_section(data: Data) -> Iterable[Block]:
    """Give the tests before and after, and what became of them."""
    tests = data["tests"]
    yield Heading(2, "Tests")
    measured = {
        "not run": "Tests were not run.",
        "merged batches": "Only the merged batches' tests were run.",
    }
    if sentence := measured.get(tests["measured"]):
        yield Note(sentence)
    for when in ("before", "after"):
        yield Line(when.capitalize(), _outcomes(tests[when]))
    if tests["note"]:
        yield Note(tests["note"])
    if tests["overridden"]:
        yield Line("Overridden options of the target", ", ".join(tests["overridden"]))
    for key, title in (
        ("regressions", "Regressions"),
        ("lost", "Lost"),
        ("failed", "Failing"),
        ("new", "New"),
    ):
        yield Line(title, f"{len(tests[key]):,}" if tests["measured"] != "not run" else "not measured")
        if tests[key]:
            yield Table((title.lower(),), tuple((test,) for test in tests[key]), frozenset({0}))


def _outcomes(counts: dict[str, int] | None) -> str:
    if not counts:
        return "not measured"
    return ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(counts.items()))


def run_section(data: Data) -> Iterable[Block]:
    """Give how the run went: its branch, agents, walls, conflicts."""
    yield Heading(2, "The run")
    yield Line("Run", f"{data['run_id']} ({data['status']}, Cellwall {data['version']})")
    yield Line("Branch", f"{data['branch']}, made from {data['base'][:12]}")
    yield Line("Plan", data["plan"])
    yield Line("Time", duration(data["wall_seconds"]))
    yield Line("Your working tree", UNTOUCHED[data["user_tree_untouched"]])
    yield Line("Walls around the target's code", ", ".join(data["walls"]) or "none")
    if data["agents"]:
        rows = tuple(
            (f"{a['number']}", a["name"], f"{a['files']}", f"{a['done'] - a['refused']}", f"{a['refused']}")
            for a in data["agents"]
        )
        yield Table(("agent", "name", "files to update", "done", "given up"), rows)
    if data["findings_by_rule"]:
        found = tuple(
            (rule, str(n["before"]), "not measured" if n["after"] is None else str(n["after"]))
            for rule, n in data["findings_by_rule"].items()
        )
        yield Table(("rule", "findings before", "after"), found)
    yield from _conflicts(data)


def _conflicts(data: Data) -> Iterable[Block]:
    yield Line("Conflicts between agents", str(len(data["conflicts"])))
    if data["conflicts"]:
        rows = tuple((c["path"], c["batch"], c["holder"], c["resolution"]) for c in data["conflicts"])
        yield Table(("path", "wanted by", "held by", "resolution"), rows, frozenset({0}))


def not_done_section(data: Data) -> Iterable[Block]:
    """Give what was not done and what the user should know."""
    blocks = [*_notes(data), *_lists(data)]
    yield Heading(2, "Not done, and worth knowing")
    yield from blocks or [Note("Nothing.")]


def _notes(data: Data) -> Iterable[Block]:
    if data["dry_run"]:
        yield Note("This was a dry run: patches were proposed, nothing was judged or merged.")
    for command in data["commands"]:
        how = f"exit code {command['exit_code']}" if command["ran"] else "not run"
        yield Line(f"Command {command['command']}", f"{how}. {command['note']}".strip(" ."))
        if command.get("findings"):
            columns = ("severity", "verdict", "kind", "target", "evidence")
            rows = tuple(tuple(_cell(row.get(each, "")) for each in columns) for row in command["findings"])
            yield Table(columns, rows)
    for failure in data["agent_failures"]:
        yield Note(f"Agent {failure['agent']} failed on batch {failure['batch']}: {failure['message']}")
    yield from (Note(f"Warning: {warning}") for warning in data["warnings"])


def _lists(data: Data) -> Iterable[Block]:
    lists = (
        ("unparseable", "Files that do not parse, left byte for byte", ("path", "line", "message")),
        ("empty_globs", "Globs of the plan that match no file", ("agent", "glob", "line")),
        ("overlaps", "Files in several scopes", ("path", "agents", "owner")),
    )
    for key, what, columns in lists:
        if data[key]:
            yield Heading(3, f"{what}: {len(data[key]):,}")
            yield Table(columns, tuple(tuple(_cell(row.get(c, "")) for c in columns) for row in data[key]))
    if data["orphans"]:
        yield Heading(3, f"Test modules in no scope: {len(data['orphans']):,}")
        yield Table(("path",), tuple((path,) for path in data["orphans"]), frozenset({0}))


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
