"""`cellwall rule`: explains rules, for people and for programs."""

import json
import sys
from typing import Any

import click

from cellwall.check.described import Described
from cellwall.check.documentation import documentation_of
from cellwall.check.rule_registry import every_rule, find_rule, no_such_rule


@click.command(short_help="Explain a rule: what it finds, why it leaks, what to write instead.")
@click.argument("rules", nargs=-1, metavar="[CODE|NAME]...")
@click.option("--all", "every", is_flag=True, help="Explain every rule.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text")
def command(rules: tuple[str, ...], every: bool, form: str) -> None:
    """Explain rules by code or name; without one, list them.

    Exit status: 0, or 2 where no rule has the code or name.
    """
    try:
        chosen: list[Described] = list(every_rule()) if every else [_rule(word) for word in rules]
    except ValueError as error:
        click.echo(f"cellwall rule: {error}", err=True)
        sys.exit(2)
    if form == "json":
        fields = [rule_fields(rule) for rule in (chosen or every_rule())]
        click.echo(json.dumps(fields, indent=2))
    elif not chosen:
        for rule in every_rule():
            click.echo(f"{rule.code}  {rule.name}: {documentation_of(rule).summary}")
    else:
        click.echo("\n\n".join(_text(rule, markdown=form == "markdown") for rule in chosen))


def rule_fields(rule: Described) -> dict[str, Any]:
    """Give a rule as JSON values. Fields are added over time, never renamed."""
    text = documentation_of(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family.value,
        "severity": rule.severity.value,
        "status": rule.status.value,
        "fix": rule.fixes.value if rule.fixes is not None else None,
        "summary": text.summary,
        "documentation": text.plain,
        "sections": dict(text.sections),
    }


def _rule(word: str) -> Described:
    rule = find_rule(word)
    if rule is None:
        raise ValueError(no_such_rule(word))
    return rule


def _text(rule: Described, *, markdown: bool) -> str:
    fix = f"{rule.fixes.value} repair" if rule.fixes is not None else "no repair"
    facts = f"{rule.family.value}, {rule.severity.value}, {rule.status.value}, {fix}"
    text = documentation_of(rule)
    if markdown:
        return f"## {rule.code} {rule.name}\n\n*{facts}*\n\n{text.markdown}"
    return f"{rule.code} {rule.name} ({facts})\n\n{text.plain}"
