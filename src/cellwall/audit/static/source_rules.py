"""The checker's rules over the application's code, as findings of the audit."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

from cellwall.audit.finding import Finding, Severity, Verdict, Weakness
from cellwall.check import finding as checked
from cellwall.check.cached_check import CachedCheck
from cellwall.check.documentation import documentation_of
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.check.wanted_files import wanted_files
from cellwall.project.check_config import CheckConfig
from cellwall.project.config import load_project
from cellwall.project.number_of import number_of
from cellwall.project.test_files import is_test_file

# Families by what they are about: state, async, data, caches, sockets, tokens.
FAMILIES: Final = ("CW2", "CW3", "CW4", "CW5", "CW6", "CW7")
NOT_ISOLATION: Final = ("secret-in-source", "jwt-without-expiry")
_SEVERITIES: Final = MappingProxyType(
    {
        checked.Severity.ERROR: Severity.HIGH,
        checked.Severity.WARNING: Severity.MEDIUM,
        checked.Severity.INFO: Severity.INFO,
    }
)
_CWES: Final = MappingProxyType(
    {
        "CW2": "CWE-488",
        "CW3": "CWE-362",
        "CW4": "CWE-639",
        "CW5": "CWE-524",
        "CW6": "CWE-862",
        "CW7": "CWE-287",
    }
)
_OTHER_CODE: Final = frozenset({"scripts", "examples", "docs", "benchmarks", "testing", "migrations"})


def source_findings(root: Path, *, isolation_only: bool) -> tuple[list[Finding], str]:
    """Check the application's files, tests left out; give the findings and what was looked at.

    Raises:
        ConfigError: the project's configuration cannot be used.
    """
    project = load_project(root)
    asked = CheckConfig(select=FAMILIES, ignore=NOT_ISOLATION if isolation_only else ())
    settings = CheckSettings.from_project(project, include_app=True, asked=asked)
    tree = DirectorySourceTree(root, gitignore=project.check.respect_gitignore)
    paths = [path for path in wanted_files(tree.paths(), [""], project) if _is_application(path)]
    rules = {rule.code: rule for rule in all_rules()}
    check = CachedCheck(tree, settings, None)
    failed = {failure.partition(":")[0] for failure in check.project.failures}
    found: list[Finding] = []
    for report in check.reports(paths, workers=1):
        failed |= {report.path} if report.failures else set()
        active = (each for each in report.findings if each.suppressed is None and each.code in rules)
        found += [_finding(each, documentation_of(rules[each.code]).summary) for each in active]
    return found, _looked_at(len(paths), len(failed))


def _looked_at(files: int, failed: int) -> str:
    told = f"{number_of(files, 'file')} of the application by the checker's rules ({', '.join(FAMILIES)})"
    return f"{told}; {number_of(failed, 'file')} not wholly, as `cellwall check` tells" if failed else told


def _is_application(path: str) -> bool:
    return not is_test_file(path) and _OTHER_CODE.isdisjoint(path.split("/")[:-1])


def _finding(each: checked.Finding, summary: str) -> Finding:
    weakness = Weakness(
        each.rule, summary, _CWES.get(each.code[:3], "CWE-488"), _owasp(each.code),
        f"`cellwall rule {each.code}` tells what to write instead.",
    )  # fmt: skip
    return Finding(
        weakness,
        f"{each.path}:{each.line}",
        "",
        _SEVERITIES[each.severity],
        "found in the code; no request has shown it",
        Verdict.SUSPECTED,
        each.message,
        place=f"{each.path}:{each.line}",
        retest=f"cellwall check --select {each.code} {each.path}",
    )


def _owasp(code: str) -> str:
    if code.startswith("CW7"):
        return "API2:2023 Broken Authentication"
    return "API1:2023 Broken Object Level Authorization"
