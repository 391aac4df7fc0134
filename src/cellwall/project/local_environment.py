"""The target environment on this machine: a clean environment, limits, and walls."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from cellwall.project.config import ProjectConfig
from cellwall.project.environment import Completed, Limits, TargetEnvironment
from cellwall.project.errors import EnvironmentUnusable
from cellwall.project.own_folder import remove_leftovers
from cellwall.project.secret_places import secret_places
from cellwall.project.supervised import run_supervised
from cellwall.project.walls import Walls, detect_walls

_KEPT: Final = ("PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ")


@final
class LocalEnvironment:
    """Runs target code in processes of this machine."""

    def __init__(self, python: Path, limits: Limits | None = None, walls: Walls | None = None) -> None:
        """Take the target's interpreter; walls are detected where none are given."""
        self.python = python
        self._limits = limits or Limits()
        self._walls = walls or detect_walls()
        self._env = clean_environment(python, os.environ)
        self.walls: tuple[str, ...] = self._walls.words

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        limits: Limits | None = None,
        extra_env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> Completed:
        """Run `argv` to its end. `cwd` and `writable` can be written to, and what else the walls leave open.

        A program that cannot be started ends with 127 and a reason on stderr.

        Raises:
            EnvironmentUnusable: nothing can be started at all, or `cwd` is no folder.
        """
        if not cwd.is_dir():
            raise EnvironmentUnusable(f"{cwd}: there is no such folder to run in")
        hidden = secret_places(Path.home(), [self.python, self.python.parent, cwd, *writable])
        return run_supervised(
            [str(part) for part in argv],
            wall=replace(self._walls.wall, hidden=hidden),
            cwd=cwd,
            env={**self._env, **(extra_env or {})},
            limits=limits or self._limits,
            writable=writable,
        )


def clean_environment(python: Path, parent: Mapping[str, str]) -> dict[str, str]:
    """Build the variables of target code: an allow-list, never the parent's secrets."""
    env = {name: parent[name] for name in _KEPT if name in parent}
    env.setdefault("LANG", "C.UTF-8")
    env["PATH"] = os.pathsep.join([str(python.parent), env.get("PATH") or os.defpath])
    env.update(PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0", PYTHONIOENCODING="utf-8")
    user_packages = Path.home() / ".local"
    if user_packages.is_dir():
        env["PYTHONUSERBASE"] = str(user_packages)  # HOME is a fresh folder; packages installed there stay
    return env


def make_environment(project: ProjectConfig) -> TargetEnvironment:
    """Give the environment through which every gate runs this project's code.

    What killed processes left behind is removed first.
    """
    remove_leftovers()
    limits = Limits(seconds=project.tests.timeout)
    return LocalEnvironment(project.python, limits, detect_walls(project.tests.network))
