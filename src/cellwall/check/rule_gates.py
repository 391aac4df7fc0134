"""The gates of the rules that run, by the kind of file, and the sets of all that they look for."""

from collections import Counter
from collections.abc import Iterable
from typing import Final, final

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_kind import FileKind, file_kind
from cellwall.check.gate import Gate, sought_by
from cellwall.check.javascript.languages import language_of
from cellwall.check.pattern_set import PatternSet, pattern_set
from cellwall.check.renamed import renamed_in
from cellwall.check.rule import Rule
from cellwall.check.rule_failure import gate_failure
from cellwall.check.rule_selection import rules_of
from cellwall.check.settings import CheckSettings
from cellwall.check.time_limit import SECONDS, limited

WORTH_IT: Final = 300  # a set takes as long to make as it saves in so many files


@final
class RuleGates:
    """The gates by some settings. What they look for becomes a set once so many files asked that it pays."""

    def __init__(self, settings: CheckSettings) -> None:
        """Ask every rule that runs for its gate."""
        every = gates(settings)
        self.settings = settings
        self._of = {kind: [(rule, gate) for rule, gate in every if kind in gate.kinds] for kind in FileKind}
        self._asked: Counter[FileKind] = Counter()
        self._sets: dict[FileKind, PatternSet | None] = {}

    def of(self, kind: FileKind) -> list[tuple[Rule, Gate]]:
        """Give the rules that run over files of a kind, with their gates."""
        return self._of[kind]

    def patterns(self, kind: FileKind, project: ProjectFacts) -> PatternSet | None:
        """Give the set for one more file of a kind; None while it does not pay, or there can be none."""
        if kind in self._sets:
            return self._sets[kind]
        self.expect(kind, 1, project)
        return self._sets.get(kind)

    def expect(self, kind: FileKind, files: int, project: ProjectFacts) -> None:
        """Count files that ask, or will, and make the set when they are many."""
        self._asked[kind] += files
        if self._asked[kind] >= WORTH_IT and kind not in self._sets:
            renamed = (one.pattern for one in renamed_in(project))
            self._sets[kind] = pattern_set([*renamed, *sought_by(gate for _, gate in self._of[kind])])


_last: Final[list[RuleGates]] = []  # of the settings last used


def rule_gates(settings: CheckSettings) -> RuleGates:
    """Give the gates by some settings; worked out once for those last used."""
    if not _last or _last[0].settings is not settings:
        _last[:] = [RuleGates(settings)]
    return _last[0]


def expect_files(paths: Iterable[str], settings: CheckSettings, project: ProjectFacts) -> None:
    """Make the sets that will pay for these files, before they are shared out to processes."""
    scripts = (path for path in paths if language_of(path) is None)
    kinds = Counter(file_kind(path, is_test=settings.is_test_file(path)) for path in scripts)
    for kind, files in kinds.items():
        rule_gates(settings).expect(kind, files, project)


def gates(settings: CheckSettings) -> list[tuple[Rule, Gate]]:
    """Give the rules that run, with their gates."""
    return [(rule, _gate(rule, settings)) for rule in rules_of(settings)]


def _gate(rule: Rule, settings: CheckSettings) -> Gate:
    try:
        with limited(SECONDS):
            gate = rule.gate(settings)
        if not isinstance(gate, Gate):
            raise TypeError(f"it gave {type(gate).__name__}, no Gate")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a defect of a rule, ours or another distribution's
        raise gate_failure(rule, error) from error
    return gate
