"""Runs the command that a request to a child process spells, inside the target environment's walls."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from cellwall.project.config_record import config_from_record
from cellwall.project.environment import Completed, asked_again_if_killed
from cellwall.project.local_environment import make_environment


def run_spelled(request: Mapping[str, Any], variables: Mapping[str, str] | None = None) -> Completed:
    """Run `argv` in `workspace`, never through a shell, by the environment that `project` records.

    Raises:
        EnvironmentUnusable: nothing can be started at all, or the workspace is no folder.
    """
    environment = make_environment(config_from_record(request["project"]))
    run = partial(environment.run, cwd=Path(request["workspace"]), extra_env=variables)
    return asked_again_if_killed(partial(run, request["argv"]))
