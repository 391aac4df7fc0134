"""What one file must know about others: re-exports, shared instances, fixtures, unittest classes. Data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

MAX_HOPS: Final = 8
_MOST_KEPT: Final = 10_000


class FixtureFact(NamedTuple):
    """A pytest fixture: what it gives (a dotted name, "" when unknown), its scope, whether it is async."""

    gives: str
    scope: str = "function"
    is_async: bool = False


@dataclass(frozen=True)
class ProjectFacts:
    """Facts that cross files, small enough to hand to every agent process.

    Attributes:
        aliases: dotted name -> the dotted name it stands for (re-exports, `A = B` at module level).
        instances: dotted name of a module attribute -> dotted name of its class.
        fixtures: path of a conftest file -> the fixtures it makes visible below its folder.
        unittest_classes: dotted class -> whether it is an `IsolatedAsyncioTestCase`.
        containers: dotted names of lists, sets and dictionaries that modules keep and others import.
        summaries: name of a summary -> path -> what that file said, in JSON values.
        failures: files whose facts are missing, with what happened; not handed on as JSON.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    instances: Mapping[str, str] = field(default_factory=dict)
    fixtures: Mapping[str, Mapping[str, FixtureFact]] = field(default_factory=dict)
    unittest_classes: Mapping[str, bool] = field(default_factory=dict)
    summaries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    containers: frozenset[str] = frozenset()

    def names(self, dotted: str) -> Sequence[str]:
        """Give a dotted name as it is spelled, then what it stands for, step by step."""
        found = self._followed.get(dotted)
        if found is None:
            if len(self._followed) >= _MOST_KEPT:
                self._followed.clear()
            found = self._followed[dotted] = tuple(self._steps(dotted))
        return found

    @cached_property
    def _followed(self) -> dict[str, tuple[str, ...]]:
        """What was asked for already: the same few names are, in every file."""
        return {}

    def _steps(self, dotted: str) -> Iterator[str]:
        seen: set[str] = set()
        while dotted not in seen and len(seen) < MAX_HOPS:
            seen.add(dotted)
            yield dotted
            dotted = self._next(dotted)

    def class_of_instance(self, dotted: str) -> str | None:
        """Give the class of a module attribute that holds an instance, or None."""
        last = dotted.rpartition(".")[2]
        if last not in self.instance_names and last not in self.alias_names:  # most are neither
            return None
        for name in self.names(dotted):
            key = _find(name, self.instances, self._instance_ends)
            if key is not None:
                return self.instances[key]
        return None

    def fixture(self, path: str, name: str) -> FixtureFact | None:
        """Give the fixture of this name that conftest files make visible to a test file, nearest first."""
        for folder in PurePosixPath(path).parents:
            conftest = "conftest.py" if str(folder) == "." else f"{folder}/conftest.py"
            found = self.fixtures.get(conftest, {}).get(name)
            if found is not None:
                return found
        return None

    def unittest_class(self, dotted: str) -> bool | None:
        """Tell for a unittest class whether it is async; None for any other class."""
        for name in self.names(dotted):
            key = _find(name, self.unittest_classes, self._unittest_ends)
            if key is not None:
                return self.unittest_classes[key]
        return None

    def is_container(self, dotted: str) -> bool:
        """Tell whether a dotted name is a list, set or dictionary of a module of the project."""
        return any(_find(name, self._containers, self._container_ends) for name in self.names(dotted))

    @cached_property
    def container_names(self) -> frozenset[str]:
        """The last parts of all containers that others import."""
        return frozenset(self._container_ends)

    @cached_property
    def _containers(self) -> dict[str, None]:
        return dict.fromkeys(sorted(self.containers))

    @cached_property
    def _container_ends(self) -> dict[str, list[str]]:
        return _by_last_part(self._containers)

    def to_json(self) -> dict[str, Any]:
        """Give the facts as JSON values."""
        return {
            "aliases": dict(self.aliases),
            "instances": dict(self.instances),
            "fixtures": {
                path: {name: [fact.gives, fact.scope, fact.is_async] for name, fact in facts.items()}
                for path, facts in self.fixtures.items()
            },
            "unittest_classes": dict(self.unittest_classes),
            "summaries": {name: dict(files) for name, files in self.summaries.items()},
            "containers": sorted(self.containers),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "ProjectFacts":
        """Make the facts that `to_json` gave."""
        return cls(
            aliases=dict(body["aliases"]),
            instances=dict(body["instances"]),
            fixtures={
                path: {name: FixtureFact(*fact) for name, fact in facts.items()}
                for path, facts in body["fixtures"].items()
            },
            unittest_classes=dict(body["unittest_classes"]),
            summaries=body.get("summaries", {}),
            containers=frozenset(body.get("containers", ())),
        )

    @cached_property
    def alias_names(self) -> frozenset[str]:
        """The last parts of all aliases: no other name can stand for something of another name."""
        return frozenset(self._alias_ends)

    @cached_property
    def renamed(self) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
        """The aliases whose last part is another word than what they stand for: that word, and the names."""
        words: dict[str, set[str]] = {}
        for alias, target in self.aliases.items():
            last = alias.rpartition(".")[2]
            if last != target.rpartition(".")[2]:
                words.setdefault(last, set()).update(self.names(alias))
        return tuple(
            (last.encode(), tuple(name.encode() for name in sorted(names)))
            for last, names in sorted(words.items())
        )

    @cached_property
    def instance_names(self) -> frozenset[str]:
        """The last parts of all shared instances."""
        return frozenset(self._instance_ends)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every part of the dotted names that a file may get from others without spelling them."""
        fixtures = (fact.gives for facts in self.fixtures.values() for fact in facts.values())
        given = (*self.aliases.values(), *self.instances.values(), *fixtures)
        return frozenset(part for dotted in given for part in dotted.split("."))

    def _next(self, dotted: str) -> str:
        """Replace the longest prefix that is an alias."""
        prefix, rest = dotted, ""
        if self.alias_names.isdisjoint(dotted.split(".")):
            return dotted
        while prefix:
            key = _find(prefix, self.aliases, self._alias_ends)
            if key is not None:
                return self.aliases[key] + rest
            prefix, dot, last = prefix.rpartition(".")
            rest = dot + last + rest
        return dotted

    @cached_property
    def _alias_ends(self) -> dict[str, list[str]]:
        return _by_last_part(self.aliases)

    @cached_property
    def _instance_ends(self) -> dict[str, list[str]]:
        return _by_last_part(self.instances)

    @cached_property
    def _unittest_ends(self) -> dict[str, list[str]]:
        return _by_last_part(self.unittest_classes)


def _by_last_part(table: Mapping[str, object]) -> dict[str, list[str]]:
    ends: dict[str, list[str]] = {}
    for name in table:
        ends.setdefault(name.rpartition(".")[2], []).append(name)
    return ends


def _find(dotted: str, table: Mapping[str, object], ends: Mapping[str, list[str]]) -> str | None:
    """Find a name whole, or as the only one that ends with it (a `src/` folder stands before the package)."""
    if dotted in table:
        return dotted
    if "." not in dotted:
        return None
    found = [name for name in ends.get(dotted.rpartition(".")[2], ()) if name.endswith("." + dotted)]
    return found[0] if len(found) == 1 else None
