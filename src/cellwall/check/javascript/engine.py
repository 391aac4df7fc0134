"""Runs the rules about scripts over one file: gate, parse, check, suppress. Reads and writes nothing."""

from collections.abc import Sequence

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.described import Described
from cellwall.check.file_kind import file_kind
from cellwall.check.file_report import FileReport
from cellwall.check.finding import Finding
from cellwall.check.gate import GatedSource
from cellwall.check.javascript.registry import script_rules
from cellwall.check.javascript.script import Script, read_script
from cellwall.check.javascript.script_rule import ScriptRule
from cellwall.check.javascript.suppressions import suppressions_of
from cellwall.check.parse import ParseError
from cellwall.check.rule import RuleContext
from cellwall.check.rule_failure import rule_failure
from cellwall.check.rule_registry import all_rules
from cellwall.check.rule_selection import best_fit, runs
from cellwall.check.settings import CheckSettings
from cellwall.check.suppression_rule import SuppressionRule
from cellwall.check.suppression_uses import judged
from cellwall.check.suppressions import MARK


def check_script(path: str, source: bytes, settings: CheckSettings) -> FileReport:
    """Check one script's raw bytes by the settings that govern its path; any bytes give a report."""
    rules = _rules_for(path, source, settings)
    comments = MARK in source
    script = read_script(path, source) if rules or comments else None
    if isinstance(script, ParseError):
        return FileReport(path, parse_error=script)
    if script is None:
        return FileReport(path)
    failures: list[str] = []
    found = _in_order({one for rule in rules for one in _checked(rule, script, failures)})
    if comments:
        context = RuleContext(settings, ProjectFacts())
        found = _in_order(judged(script, suppressions_of(script), found, _ran(settings), context))
    return FileReport(path, tuple(found), failures=tuple(failures))


def _checked(rule: ScriptRule, script: Script, failures: list[str]) -> Sequence[Finding]:
    try:
        return list(rule.check(script))
    except Exception as error:  # a defect of one rule costs neither the file nor the run
        failures.append(rule_failure(rule, script.path, error))
        return ()


def _rules_for(path: str, source: bytes, settings: CheckSettings) -> list[ScriptRule]:
    ignored = settings.ignored_in(path)
    gated = GatedSource(source, file_kind(path, is_test=settings.is_test_file(path)))
    return [
        rule
        for rule in script_rules()
        if runs(rule, settings) and best_fit(rule, ignored) < 0 and gated.passes(rule.gate())
    ]


def _ran(settings: CheckSettings) -> list[Described]:
    """Give what the comments are judged by: the rules about scripts, and those about comments."""
    about = [rule for rule in all_rules() if isinstance(rule, SuppressionRule)]
    ran: list[Described] = [*script_rules(), *about]
    return [rule for rule in ran if runs(rule, settings)]


def _in_order(findings: "set[Finding] | Sequence[Finding]") -> list[Finding]:
    return sorted(findings, key=lambda f: (f.line, f.column, f.end_line, f.end_column, f.code, f.message))
