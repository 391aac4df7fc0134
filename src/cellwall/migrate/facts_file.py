"""The project's facts at a commit, collected once and kept where agents and judges read them."""

import json
from pathlib import Path

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.project_facts import collect_facts
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.migrate.pattern_sets import check_settings
from cellwall.migrate.run import Run


def collect_project_facts(run: Run, workspace: Path) -> ProjectFacts:
    """Collect the facts of a workspace by the run's settings."""
    return collect_facts(DirectorySourceTree(workspace), check_settings(run.project, run.options.pattern))


def keep_facts(run: Run, facts: ProjectFacts) -> None:
    """Write the facts of `run.shared_base`."""
    write_atomically(run.facts_path, json.dumps(facts.to_json()).encode())


def provide_facts(run: Run) -> None:
    """Have the facts of `run.shared_base` in their file, however far an earlier process came; blocks."""
    if not run.facts_path.exists():
        keep_facts(run, collect_project_facts(run, run.workspace("facts", run.shared_base)))
