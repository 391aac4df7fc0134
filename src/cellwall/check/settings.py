"""What a check runs with: roles, the rules chosen, and what may be edited. Read once, at the edge."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cellwall.check.javascript.languages import is_test_script, language_of
from cellwall.project.check_config import CheckConfig
from cellwall.project.config import ProjectConfig
from cellwall.project.roles import Roles
from cellwall.project.test_files import TEST_FILES, is_test_file

if TYPE_CHECKING:
    from pathspec import PathSpec


class CheckSettings(NamedTuple):
    """How files are checked.

    Attributes:
        roles: how the target spells the replacements.
        async_tests: the target's pytest runs `async def test_...` without a mark.
        async_folders: the same for each folder with a pytest configuration of its own.
        rules: names, codes or beginnings of codes of the rules to run; empty means all stable ones.
        extend: the same for rules that run besides.
        ignore: the same for rules that do not run; of two that fit a rule, the longer one decides.
        preview: whether rules in preview run too; without it they run when named whole.
        strict: whether a suppression needs a reason.
        per_file_ignores: pairs of a git-style glob and the rules whose findings do not count there.
        folders: settings of folders that have their own; `of(path)` gives those that govern a file.
        test_files: git-style globs of test files; empty means the usual names and folders.
        include_app: whether application files may be edited too.
    """

    roles: Roles = Roles()
    async_tests: bool = False
    async_folders: Mapping[str, bool] = MappingProxyType({})
    rules: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    preview: bool = False
    strict: bool = False
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folders: Mapping[str, "CheckSettings"] = MappingProxyType({})
    test_files: tuple[str, ...] = ()
    include_app: bool = False

    @classmethod
    def from_project(
        cls,
        project: ProjectConfig,
        *,
        rules: Sequence[str] = (),
        include_app: bool = False,
        asked: CheckConfig | None = None,
    ) -> "CheckSettings":
        """Take over what the target's configuration says.

        With `rules`, these run everywhere and the tables `check` choose none. `asked` is what the command
        line adds: its selection replaces the configured one, the rest is added to it.
        """
        plain = cls(
            roles=project.roles,
            async_tests=project.async_tests,
            async_folders=project.async_folders,
            rules=tuple(rules),
            test_files=project.test_files,
            include_app=include_app,
        )
        if rules:
            return plain
        asked = asked or CheckConfig()
        folders = {
            folder: plain._chosen(check, asked, folder) for folder, check in project.check_folders.items()
        }
        return plain._chosen(project.check, asked, "")._replace(folders=MappingProxyType(folders))

    def _chosen(self, config: CheckConfig, asked: CheckConfig, folder: str) -> "CheckSettings":
        """Give the settings of one folder: its table, and what the command line adds."""
        return self._replace(
            rules=asked.select or config.select,
            extend=config.extend_select + asked.extend_select,
            ignore=config.ignore + asked.ignore,
            preview=config.preview or asked.preview,
            strict=config.strict or asked.strict,
            per_file_ignores=tuple((_below(folder, glob), rules) for glob, rules in config.per_file_ignores),
        )

    def of(self, path: str) -> "CheckSettings":
        """Give the settings that govern a file: those of the nearest folder that has its own."""
        if self.folders:
            for parent in PurePosixPath(path).parents:
                if str(parent) in self.folders:
                    return self.folders[str(parent)]
        return self

    def ignored_in(self, path: str) -> tuple[str, ...]:
        """Give the rules, as they were spelled, whose findings do not count in a file."""
        return tuple(
            rule for glob, rules in self.per_file_ignores if _spec((glob,)).match_file(path) for rule in rules
        )

    def is_test_file(self, path: str) -> bool:
        """Tell whether a path is test or test-support code; scripts tell it by their names besides."""
        if language_of(path) is not None and is_test_script(path):
            return True
        if self.test_files in ((), TEST_FILES):
            return is_test_file(path)
        return bool(_spec(self.test_files).match_file(path))

    def async_tests_for(self, path: str) -> bool:
        """Tell whether the pytest setup that governs this file runs `async def test_...` without a mark."""
        for parent in PurePosixPath(path).parents:
            key = "" if str(parent) == "." else str(parent)
            if key in self.async_folders:
                return self.async_folders[key]
        return self.async_tests


def _below(folder: str, glob: str) -> str:
    """Give a folder's glob as seen from the top; one without a slash fits names at any depth, as in git."""
    if not folder:
        return glob
    bare = glob.strip("/")
    deep = "" if "/" in glob.rstrip("/") else "**/"
    return f"/{folder}/{deep}{bare}{'/' if glob.endswith('/') else ''}"


@lru_cache(maxsize=64)
def _spec(globs: tuple[str, ...]) -> "PathSpec[Any]":
    from pathspec import PathSpec

    return PathSpec.from_lines("gitignore", globs)
