"""The facts of one module: its tree, its positions in the file, and where its names come from."""

import ast
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, TypeVar, final

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.lines import LineIndex
from cellwall.check.node_index import Function, N, NodeIndex
from cellwall.check.origin import Origin, last_names, matches
from cellwall.check.parse import Parsed, ParseError, parse
from cellwall.check.pytest_facts import PytestFacts
from cellwall.check.resolver import Resolver

T = TypeVar("T")
# What gives a value to one target, and the field that holds it; assignments give one to several.
_GIVING: Final = {
    getattr(ast, name): field
    for name, field in (
        ("AnnAssign", "target"), ("AugAssign", "target"), ("For", "target"), ("AsyncFor", "target"),
        ("comprehension", "target"), ("NamedExpr", "target"), ("withitem", "optional_vars"),
        ("TypeAlias", "name"),
    )
    if hasattr(ast, name)
}  # fmt: skip


@final
class ModuleFacts:
    """One parsed module. Everything beyond the tree is worked out when it is first asked for.

    Attributes:
        path: relative to the tree's top, with forward slashes.
        source: the file's raw bytes.
        tree: the syntax tree.
        project: what is known about other files.
        is_test: whether this is test or test-support code.
        editable: whether positions are offsets in `source`; false for files in other encodings than UTF-8.
    """

    def __init__(
        self, path: str, source: bytes, parsed: Parsed, project: ProjectFacts, *, is_test: bool
    ) -> None:
        """Keep what is given; `module_facts` is the usual way to make one."""
        self.path = path
        self.source = source
        self.tree: ast.Module = parsed.tree
        self.project = project
        self.is_test = is_test
        self.encoding: str = parsed.encoding
        self.editable: bool = parsed.exact
        self._utf8 = parsed.utf8
        self.dotted: str = dotted_name(path)
        self._facts: dict[Callable[[ModuleFacts], Any], Any] = {}
        self._may_name: dict[tuple[str, ...], bool] = {}

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text that the tree's positions refer to."""
        return LineIndex(self._utf8)

    @cached_property
    def nodes(self) -> NodeIndex:
        """Parents and nodes by type."""
        return NodeIndex(self.tree)

    @cached_property
    def resolver(self) -> Resolver:
        """Works out origins of names."""
        return Resolver(self.nodes, self.dotted, self.package, self.project, self.path)

    @cached_property
    def pytest(self) -> PytestFacts:
        """What pytest does with the functions of this module."""
        return self.resolver.pytest

    @property
    def package(self) -> str:
        """The dotted package that relative imports start from."""
        return self.dotted if self.path.endswith("__init__.py") else self.dotted.rpartition(".")[0]

    def of(self, kind: type[N]) -> list[N]:
        """Give all nodes of exactly this type, in source order."""
        return self.nodes.of(kind)

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> tuple[int, int]:
        """Give the offsets at which a node starts and ends."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None and end_column is not None  # the parser always sets both
        return self.lines.offset(node.lineno, node.col_offset), self.lines.offset(end_line, end_column)

    def text(self, node: ast.expr | ast.stmt) -> str:
        """Give a node's source text as it stands in the file."""
        start, end = self.span(node)
        return self._utf8[start:end].decode("utf-8", "replace")

    def function(self, node: ast.AST) -> Function | None:
        """Give the innermost function in whose body `node` runs."""
        return self.nodes.function(node)

    def resolve(self, node: ast.expr) -> Origin | None:
        """Work out where an expression's value comes from; None when that cannot be seen."""
        return self.resolver.resolve(node)

    def names(self, node: ast.expr) -> tuple[str, ...]:
        """Give the dotted names of an expression: as spelled, then through re-exports; () when unknown."""
        origin = self.resolve(node)
        return () if origin is None else tuple(self.project.names(origin.dotted))

    def matches(self, node: ast.expr, patterns: tuple[str, ...]) -> str | None:
        """Give the first of the (trailing parts of) dotted names that an expression stands for, or None.

        It is about the class or function itself, not about an instance that calling it gives.
        """
        if not self._may_match(node, patterns):
            return None
        origin = self.resolve(node)
        if origin is None or origin.made or origin.is_double:
            return None
        return matches(self.project.names(origin.dotted), patterns)

    def fact(self, work_out: "Callable[[ModuleFacts], T]") -> T:
        """Give `work_out(self)`, worked out once however many rules ask: for analyses that rules share."""
        if work_out not in self._facts:
            self._facts[work_out] = work_out(self)
        return self._facts[work_out]  # type: ignore[no-any-return]

    def _may_match(self, node: ast.expr, patterns: tuple[str, ...]) -> bool:
        """Tell by the spelling alone whether `matches` is worth asking: most calls are of other names."""
        name = last_name(node)
        if name is None or name in self.project.alias_names:
            return True
        if name in last_names(patterns):
            return True
        return isinstance(node, ast.Name) and self.may_name(patterns) and name in self.renamed

    def may_name(self, patterns: tuple[str, ...]) -> bool:
        """Tell whether anything here can stand for one of these dotted names, whatever it is called.

        Each part of what an expression stands for is spelled in the file or in the module's own name, or it
        comes from another file: by what that hands on, by the class of an instance, or by a fixture.
        """
        if patterns not in self._may_name:
            self._may_name[patterns] = any(self._may_spell(pattern) for pattern in patterns)
        return self._may_name[patterns]

    def _may_spell(self, pattern: str) -> bool:
        elsewhere = self.project.words
        return all(
            part in elsewhere or part.encode() in self._utf8 or part in self.dotted
            for part in pattern.split(".")
        )

    @cached_property
    def given_names(self) -> frozenset[str]:
        """The names and attributes to which this module gives values, so that they may stand for anything."""
        return self.renamed | {target.attr for target in self._targets if isinstance(target, ast.Attribute)}

    @cached_property
    def renamed(self) -> frozenset[str]:
        """The names that may stand here for things of another name: variables, parameters, `as` names."""
        names = {target.id for target in self._targets if isinstance(target, ast.Name)}
        names.update(argument.arg for argument in self.of(ast.arg))
        names.update(alias.asname for alias in self.of(ast.alias) if alias.asname)
        return frozenset(names)

    @cached_property
    def _targets(self) -> list[ast.expr]:
        """The names, attributes and items to which this module gives values: few beside all that it reads."""
        found: list[ast.expr] = [target for node in self.of(ast.Assign) for target in node.targets]
        for kind, field in _GIVING.items():
            given = (getattr(node, field) for node in self.of(kind))
            found += [target for target in given if target is not None]
        for target in found:  # it grows while it is gone through
            if isinstance(target, (ast.Tuple, ast.List)):
                found += target.elts
            elif isinstance(target, ast.Starred):
                found.append(target.value)
        return found


def last_name(node: ast.expr) -> str | None:
    """Give the last part of a name or attribute as it is spelled; None for any other expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def module_facts(
    path: str, source: bytes, project: ProjectFacts, *, is_test: bool = True
) -> ModuleFacts | ParseError:
    """Parse a file's raw bytes and give its facts, or why it does not parse."""
    parsed = parse(source)
    if isinstance(parsed, ParseError):
        return parsed
    return ModuleFacts(path, source, parsed, project, is_test=is_test)


def dotted_name(path: str) -> str:
    """Give the dotted name of a module by its path."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    return ".".join(folders if stem == "__init__" else [*folders, stem])
