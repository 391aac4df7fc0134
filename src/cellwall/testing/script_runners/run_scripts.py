"""Runs the tests of scripts: each file by the runner that it is written for."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cellwall.project.environment import TargetEnvironment
from cellwall.project.number_of import number_of
from cellwall.project.own_folder import own_folder
from cellwall.project.scripts_config import ScriptsConfig
from cellwall.testing.measured import Outcomes
from cellwall.testing.script_runners.configured_runner import run_configured
from cellwall.testing.script_runners.named_outcomes import NamedOutcomes
from cellwall.testing.script_runners.node_runner import is_for_node, run_node

NO_RUNNER: Final = (
    "written for another runner than node's own; set `command` in [tool.cellwall.scripts] to have them run"
)


def measure_scripts(
    environment: TargetEnvironment,
    workspace: Path,
    paths: Sequence[str],
    *,
    config: ScriptsConfig,
    seconds: float,
    installed: Path | None = None,
) -> Outcomes:
    """Run the tests of these scripts and tell how they ended; files that are not there are passed over.

    `installed` is the user's own tree: where it has `node_modules` that the workspace lacks, they are linked
    into the workspace while the tests run.
    """
    start = time.monotonic()
    workspace = workspace.resolve()
    there = [path for path in sorted(set(paths)) if (workspace / path).is_file()]
    own = [path for path in there if is_for_node((workspace / path).read_bytes())]
    below = f"{config.folder}/" if config.folder else ""
    others = [path for path in there if path not in own]
    asked = [path for path in others if config.command and path.startswith(below)]
    found: list[NamedOutcomes] = []
    with own_folder("tests") as scratch, _packages(workspace, installed, config.folder):
        if own:
            found.append(run_node(environment, workspace, scratch, own, seconds))
        if asked:
            found.append(
                run_configured(environment, workspace, scratch, asked, config=config, seconds=seconds)
            )
    notes = [note for each in found for note in each.notes]
    if left := len(others) - len(asked):
        notes.append(f"{number_of(left, 'script with tests is', 'scripts with tests are')} {NO_RUNNER}")
    return Outcomes(
        MappingProxyType({key: value for each in found for key, value in each.by_id.items()}),
        MappingProxyType({key: value for each in found for key, value in each.collection_errors.items()}),
        note="; ".join(notes),
        seconds=time.monotonic() - start,
        complete=not notes,
    )


@contextmanager
def _packages(workspace: Path, installed: Path | None, folder: str) -> Iterator[None]:
    """Link the folders of installed packages, which git does not keep, into the workspace for a while."""
    links: list[Path] = []
    try:
        for place in dict.fromkeys(("", folder)):
            source = installed / place / "node_modules" if installed is not None else None
            link = workspace / place / "node_modules"
            if source is not None and source.is_dir() and link.parent.is_dir() and not link.exists():
                link.symlink_to(source.resolve(), target_is_directory=True)
                links.append(link)
        yield
    finally:
        for link in links:
            link.unlink(missing_ok=True)
