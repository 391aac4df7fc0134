"""Writes the reference of rules from their classes: docs/rules/, and the table in README.md.

Every example is run through the checker, and the pages show what it said.
Usage: python scripts/rule_reference.py [--check]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from cellwall.check.documentation import documentation_of, language_of_examples
from cellwall.check.engine import check_source
from cellwall.check.fixer import fix_source
from cellwall.check.javascript.registry import script_rules
from cellwall.check.javascript.script_rule import ScriptRule
from cellwall.check.output.concise import finding_line
from cellwall.check.output.terminal import Terminal
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import Example, Rule, Status
from cellwall.check.rule_registry import own_rules
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- rules: written by scripts/rule_reference.py -->\n", "<!-- end of rules -->"


def pages() -> dict[Path, str]:
    """Give the text of every page by its path."""
    folder = ROOT / "docs" / "rules"
    made = {folder / f"{rule.name}.md": page(rule) for rule in (*own_rules(), *script_rules())}
    made[folder / "README.md"] = index()
    readme = (ROOT / "README.md").read_text()
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    made[ROOT / "README.md"] = before + BEGIN + table("docs/rules/") + END + after
    return made


def page(rule: Rule | ScriptRule) -> str:
    """Give the page of one rule."""
    text = documentation_of(rule)
    parts = [
        f"# {rule.code} `{rule.name}`",
        f"Family: {rule.family.value}. Severity: {rule.severity.value}. {_status(rule)} "
        f"Repair: {rule.fixes.value if rule.fixes is not None else 'none'}.",
        text.markdown.replace("\n### ", "\n## "),
        "## Found",
        *(_shown(rule, example) for example in rule.INVALID),
        "## Not found",
        *(_code(rule, example.source) for example in rule.VALID),
        f"Silence it where it is meant: `{_comment(rule)} cellwall: allow[{rule.name}] the reason`.",
    ]
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """Give the list of all rules."""
    return (
        "# Rules\n\nWritten by `scripts/rule_reference.py` from the rules' own classes. A rule in preview "
        "runs with `--preview`, or when it is named.\n\n" + table("")
    )


def table(folder: str) -> str:
    """Give the rules as a table; `folder` leads from the page to the rules' pages."""
    rows = [
        f"| [{rule.code}]({folder}{rule.name}.md) | `{rule.name}`: {documentation_of(rule).summary} "
        f"| {_repair(rule)} |"
        for rule in (*own_rules(), *script_rules())
    ]
    return "| code | rule | repair |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _code(rule: Rule | ScriptRule, text: str) -> str:
    return f"```{language_of_examples(rule)}\n{text.rstrip()}\n```"


def _comment(rule: Rule | ScriptRule) -> str:
    return "//" if language_of_examples(rule) == "javascript" else "#"


def _repair(rule: Rule | ScriptRule) -> str:
    status = "preview" if rule.status is Status.PREVIEW else ""
    repair = rule.fixes.value if rule.fixes is not None else ""
    return ", ".join(word for word in (repair, status) if word)


def _status(rule: Rule | ScriptRule) -> str:
    if rule.status is Status.STABLE:
        return "Stable."
    return "In preview: it runs with `--preview`, or when it is named."


def _shown(rule: Rule | ScriptRule, example: Example) -> str:
    return "\n\n".join(_run(rule, example))


def _run(rule: Rule | ScriptRule, example: Example) -> Iterator[str]:
    settings = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, preview=True)
    source = example.source.encode()
    report = check_source(example.path, source, settings, ProjectFacts())
    said = [finding_line(finding, Terminal()) for finding in report.findings if finding.code == rule.code]
    assert said, f"{rule.code}: an example of INVALID is not found"
    yield _code(rule, example.source)
    yield "```text\n" + "\n".join(said) + "\n```"
    if example.fixed is not None:
        result = fix_source(example.path, source, settings, ProjectFacts())
        unsafe = not result.repaired
        result = fix_source(example.path, source, settings, ProjectFacts(), unsafe=unsafe)
        assert result.source.decode() == example.fixed, f"{rule.code}: an example is repaired otherwise"
        asked = "--fix --unsafe-fixes" if unsafe else "--fix"
        yield f"After `{asked}`:\n\n" + _code(rule, example.fixed)


def main() -> int:
    """Write the pages, or with --check say which are not as they would be written."""
    stale = []
    made = pages()
    left = set((ROOT / "docs" / "rules").glob("*.md")) - set(made)
    for path, text in made.items():
        if not path.exists() or path.read_text() != text:
            stale.append(path)
            if "--check" not in sys.argv:
                path.write_text(text)
    for path in left:
        stale.append(path)
        if "--check" not in sys.argv:
            path.unlink()
    for path in stale:
        print(path.relative_to(ROOT))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
