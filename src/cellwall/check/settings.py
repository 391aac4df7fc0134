"""What a check runs with: roles, the rules chosen, and what may be edited. Read once, at the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from pathspec import PathSpec

from cellwall.project.config import ProjectConfig
from cellwall.project.roles import Roles
from cellwall.project.test_files import is_test_file


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How files are checked.

    Attributes:
        roles: how the target spells the replacements.
        async_tests: the target's pytest runs `async def test_...` without a mark.
        async_folders: the same for each folder with a pytest configuration of its own.
        rules: names, codes or beginnings of codes of the rules to run; empty means all stable ones.
        extend: the same for rules that run besides.
        ignore: the same for rules that do not run; of two that fit a rule, the longer one decides.
        preview: whether rules in preview run too; without it they run when named whole.
        test_files: git-style globs of test files; empty means the usual names and folders.
        include_app: whether application files may be edited too.
    """

    roles: Roles = field(default_factory=Roles)
    async_tests: bool = False
    async_folders: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    rules: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    preview: bool = False
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
            async_folders=project.async_folders,
            rules=tuple(rules),
            test_files=project.test_files,
            include_app=include_app,
        )

    def is_test_file(self, path: str) -> bool:
        """Tell whether a path is test or test-support code."""
        return _spec(self.test_files).match_file(path) if self.test_files else is_test_file(path)

    def async_tests_for(self, path: str) -> bool:
        """Tell whether the pytest setup that governs this file runs `async def test_...` without a mark."""
        for parent in PurePosixPath(path).parents:
            key = "" if str(parent) == "." else str(parent)
            if key in self.async_folders:
                return self.async_folders[key]
        return self.async_tests


@lru_cache(maxsize=8)
def _spec(globs: tuple[str, ...]) -> "PathSpec[Any]":
    return PathSpec.from_lines("gitignore", globs)
