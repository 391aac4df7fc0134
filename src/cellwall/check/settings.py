"""What a check runs with: roles, the rules chosen, and what may be edited. Read once, at the edge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from pathspec import PathSpec

from cellwall.project.config import ProjectConfig
from cellwall.project.roles import Roles


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How files are checked.

    Attributes:
        roles: how the target spells the replacements.
        async_tests: the target's pytest runs `async def test_...` without a mark.
        rules: names or codes of the rules to run; empty means all.
        test_files: git-style globs of test files; empty means pytest's and unittest's usual names.
        include_app: whether application files may be edited too.
    """

    roles: Roles = field(default_factory=Roles)
    async_tests: bool = False
    rules: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()
    include_app: bool = False

    @classmethod
    def from_project(
        cls, project: ProjectConfig, *, rules: Sequence[str] = (), include_app: bool = False
    ) -> "CheckSettings":
        """Take over what the target's configuration says."""
        return cls(
            roles=project.roles,
            async_tests=project.async_tests,
            rules=tuple(rules),
            test_files=project.test_files,
            include_app=include_app,
        )

    def is_test_file(self, path: str) -> bool:
        """Tell whether a path is test or test-support code."""
        if self.test_files:
            return _spec(self.test_files).match_file(path)
        return is_usual_test_path(path)


@lru_cache(maxsize=8)
def _spec(globs: tuple[str, ...]) -> "PathSpec[Any]":
    return PathSpec.from_lines("gitignore", globs)


def is_usual_test_path(path: str) -> bool:
    """Tell whether a path looks like test or test-support code: its name, or a `tests` folder above it."""
    pure = PurePosixPath(path)
    name = pure.stem
    if name == "conftest" or name.startswith("test_") or name.endswith(("_test", "_tests")):
        return True
    return any(folder in ("test", "tests", "testing") for folder in pure.parts[:-1])
