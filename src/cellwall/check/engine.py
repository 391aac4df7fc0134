"""Runs the rules over files: gate, parse, check, suppress. Reads through a SourceTree, writes nothing."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_kind import file_kind
from cellwall.check.file_report import FileReport
from cellwall.check.finding import Finding
from cellwall.check.finding_problem import problem_of
from cellwall.check.garbage import collection_paused
from cellwall.check.gate import Gate, GatedSource
from cellwall.check.javascript.languages import language_of
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.parse import ParseError, syntax_error
from cellwall.check.reason import Reason
from cellwall.check.renamed import renamed_in
from cellwall.check.rule import Rule, RuleContext
from cellwall.check.rule_failure import file_failure, file_gate_failure, rule_failure, too_slow
from cellwall.check.rule_gates import rule_gates
from cellwall.check.rule_plugins import PluginError
from cellwall.check.rule_selection import best_fit, rules_of
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree
from cellwall.check.suppression_rule import SuppressionRule
from cellwall.check.suppression_uses import judged
from cellwall.check.suppressions import suppressions_in
from cellwall.check.time_limit import SECONDS, Limit, TooSlow, limit, limited, signal_taken


def check_source(path: str, source: bytes, settings: CheckSettings, project: ProjectFacts) -> FileReport:
    """Check one file's raw bytes by the settings that govern its path; any bytes give a report."""
    settings = settings.of(path)
    if language_of(path) is not None:
        from cellwall.check.javascript.engine import check_script

        return check_script(path, source, settings)
    failures: list[str] = []
    unasked: list[str] = []
    rules = rules_for(path, source, settings, project, failures, unasked=unasked)
    if not rules:
        return FileReport(path, parse_error=syntax_error(source), failures=tuple(failures))
    module = module_facts(path, source, project, is_test=settings.is_test_file(path))
    if isinstance(module, ParseError):
        return FileReport(path, parse_error=module, failures=tuple(failures))
    found = check_module(module, rules, settings, failures, unasked)
    return FileReport(path, found, failures=tuple(failures))


def check_tree(
    tree: SourceTree, paths: Iterable[str], settings: CheckSettings, project: ProjectFacts
) -> Iterator[FileReport]:
    """Check files one after the other, so that memory holds one at a time; unreadable ones are reported."""
    with collection_paused(), signal_taken():
        for path in paths:
            yield check_file(tree, path, settings, project)


def check_file(tree: SourceTree, path: str, settings: CheckSettings, project: ProjectFacts) -> FileReport:
    """Check one file of a tree; one that cannot be read, takes too long or cannot be checked is reported."""
    try:
        source = tree.read(path)
    except OSError as error:
        return FileReport(path, parse_error=ParseError(1, f"cannot be read: {error.strerror or error}"))
    here = settings.of(path)
    if language_of(path) is None:
        rule_gates(here)  # where these fail, no file can be checked
    try:
        with limited(SECONDS):
            return check_source(path, source, here, project)
    except TooSlow:
        return FileReport(path, failures=(f"{path}: was given up after {SECONDS:.0f} s of work on it",))
    except PluginError:
        raise
    except Exception as error:  # a defect of ours costs neither the other files nor the run
        return FileReport(path, failures=(file_failure(path, error),))


def rules_for(
    path: str,
    source: bytes,
    settings: CheckSettings,
    project: ProjectFacts,
    failures: list[str] | None = None,
    *,
    unasked: list[str] | None = None,
) -> Sequence[Rule]:
    """Give the rules whose gate lets this file through.

    One that fails or hangs is told in `failures` and left out, its code goes to `unasked`.
    """
    kind = file_kind(path, is_test=settings.is_test_file(path))
    asked = rule_gates(settings)
    gated = GatedSource(source, kind, renamed_in(project), asked.patterns(kind, project))
    gates_here = asked.of(kind)
    try:
        return [rule for rule, gate in gates_here if gated.passes(gate)]
    except KeyboardInterrupt:
        raise
    except BaseException:  # a defect of one gate, found below: what was looked for is known by now
        if failures is None:
            raise
    return _passing(gated, gates_here, path, failures, unasked if unasked is not None else [])


def _passing(
    gated: GatedSource,
    gates_here: Sequence[tuple[Rule, Gate]],
    path: str,
    failures: list[str],
    unasked: list[str],
) -> list[Rule]:
    """Ask the gates one by one, so that what fails is known; where the time is used up twice, give none."""
    found: list[Rule] = []
    for rule, gate in gates_here:
        try:
            if gated.passes(gate):
                found.append(rule)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            now = limit()
            last = isinstance(error, TooSlow) and not (now is not None and now.once_more())
            failures.append(file_gate_failure(rule, path, error, last=last))
            unasked.append(rule.code)
            if last:
                return []
    return found


def check_module(
    module: ModuleFacts,
    rules: Sequence[Rule],
    settings: CheckSettings,
    failures: list[str] | None = None,
    unasked: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Run rules over one parsed module and give the findings in source order.

    What goes wrong inside of a rule is told in `failures`, and the others go on; without it, it is raised.
    `unasked` are the codes of rules that were left out though they run.
    """
    ignored = settings.ignored_in(module.path)
    counted = [rule for rule in rules if not ignored or best_fit(rule, ignored) < 0]
    context = RuleContext(settings, module.project)
    answers, unanswered = _found(counted, module, context, failures)
    found = in_order(answers)
    suppressions = suppressions_in(module.source)
    if suppressions:
        judging = _judging(counted, settings, [*unasked, *unanswered])
        found = in_order(judged(module, suppressions, found, judging, context))
    return tuple(found if module.editable else (_without_fix(module, finding) for finding in found))


def _without_fix(module: ModuleFacts, finding: Finding) -> Finding:
    """Take the fix off, since its offsets are not those of the file."""
    if finding.fix is None:
        return finding
    detail = f"the file is encoded as {module.encoding}"
    return finding._replace(fix=None, reason=Reason.UNKNOWN_SHAPE, detail=detail)


def _judging(counted: Sequence[Rule], settings: CheckSettings, unanswered: Collection[str]) -> list[Rule]:
    """Give the rules by which comments are judged: all that run, though a gate left some of them out.

    What silences a rule that did not answer may not be unused.
    """
    about = [rule for rule in counted if isinstance(rule, SuppressionRule)]
    others = [rule for rule in rules_of(settings) if not isinstance(rule, SuppressionRule)]
    return [*about, *(rule for rule in others if rule.code not in unanswered)]


def _found(
    rules: Sequence[Rule], module: ModuleFacts, context: RuleContext, failures: list[str] | None
) -> tuple[set[Finding], list[str]]:
    """Give what the rules find, and the codes of those that did not answer.

    One that takes too long is told, and the others get the time once more.
    """
    if failures is None:
        return {finding for rule in rules for finding in rule.check(module, context)}, []
    found: set[Finding] = set()
    unanswered: list[str] = []
    now = limit() or Limit(SECONDS)
    now.path = module.path
    for place, rule in enumerate(rules):
        now.rule = rule
        try:
            found.update(_checked(rule, module, context))
        except KeyboardInterrupt:
            raise
        except TooSlow:
            more = limit() is now and now.once_more()
            failures.append(too_slow(rule, module.path, SECONDS, last=not more))
            unanswered.append(rule.code)
            if not more:
                return found, [*unanswered, *(each.code for each in rules[place:])]
        except BaseException as error:  # a defect of one rule costs neither the file nor the run
            failures.append(rule_failure(rule, module.path, error))
            unanswered.append(rule.code)
    return found, unanswered


def _checked(rule: Rule, module: ModuleFacts, context: RuleContext) -> list[Finding]:
    found = list(rule.check(module, context))
    for one in found:
        problem = problem_of(one, module)
        if problem:
            raise TypeError(problem)
    return found


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings of one file by place, then by code."""
    return sorted(findings, key=lambda f: (f.line, f.column, f.end_line, f.end_column, f.code, f.message))
