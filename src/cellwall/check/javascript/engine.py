"""Runs the rules about scripts over one file: gate, parse, check, suppress. Reads and writes nothing."""

from collections.abc import Sequence

from cellwall.check.file_kind import file_kind
from cellwall.check.file_report import FileReport
from cellwall.check.finding import Finding
from cellwall.check.gate import GatedSource
from cellwall.check.javascript.registry import script_rules
from cellwall.check.javascript.script import Script, read_script
from cellwall.check.javascript.script_rule import ScriptRule
from cellwall.check.javascript.suppressions import suppressions_of
from cellwall.check.parse import ParseError
from cellwall.check.rule_selection import best_fit, runs
from cellwall.check.settings import CheckSettings
from cellwall.check.suppressions import silence


def check_script(path: str, source: bytes, settings: CheckSettings) -> FileReport:
    """Check one script's raw bytes by the settings that govern its path; any bytes give a report."""
    rules = _rules_for(path, source, settings)
    script = read_script(path, source) if rules else None
    if isinstance(script, ParseError):
        return FileReport(path, parse_error=script)
    return FileReport(path, findings_of(script, rules, settings)) if script is not None else FileReport(path)


def findings_of(script: Script, rules: Sequence[ScriptRule], settings: CheckSettings) -> tuple[Finding, ...]:
    """Give the findings of one parsed script in source order, the silenced ones marked."""
    found = {finding for rule in rules for finding in rule.check(script)}
    ordered = sorted(found, key=lambda f: (f.line, f.column, f.end_line, f.end_column, f.code, f.message))
    return silence(ordered, suppressions_of(script), reasons_required=settings.strict)[0]


def _rules_for(path: str, source: bytes, settings: CheckSettings) -> list[ScriptRule]:
    ignored = settings.ignored_in(path)
    gated = GatedSource(source, file_kind(path, is_test=settings.is_test_file(path)))
    return [
        rule
        for rule in script_rules()
        if runs(rule, settings) and best_fit(rule, ignored) < 0 and gated.passes(rule.gate())
    ]
