"""Asks, on a terminal, whether what users were shown of others is shared by design, and keeps the answers."""

import sys

import click

from cellwall.audit.questions import Answer, Question, questions, with_answers
from cellwall.audit.redacted import redacted
from cellwall.audit.report import AuditReport
from cellwall.audit.sharing_rules import SharingRules
from cellwall.cli.audit_options import AuditOptions
from cellwall.project.audit_answers import add_answers
from cellwall.project.errors import ConfigError

_CHOICES = {"s": Answer.SHARED, "l": Answer.PRIVATE}


def with_asked(report: AuditReport, options: AuditOptions) -> AuditReport:
    """Ask where somebody is there to answer; without a terminal nothing is asked and nothing changes."""
    rules = SharingRules((), options.config.private)
    asked = questions(report.findings, rules) if on_a_terminal() else []
    answers = {each.operation: answer for each in asked if (answer := _ask(each)) is not None}
    if not answers:
        return report
    added = {
        kind.value: [each.pattern for each in asked if answers.get(each.operation) is kind] for kind in Answer
    }
    try:
        click.echo(f"kept in {add_answers(options.root, added)}: it will not be asked again", err=True)
    except ConfigError as error:
        click.echo(str(error), err=True)
    return with_answers(report, answers)


def on_a_terminal() -> bool:
    """Whether a person reads what is written to stderr and types what is read from stdin."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _ask(question: Question) -> Answer | None:
    click.echo(f"\n{question.operation}: {redacted(question.evidence)}", err=True)
    try:
        given = click.prompt(
            "Is this shared by design (s), a leak (l), or unclear yet (Enter)?",
            default="", show_default=False, type=click.Choice(["s", "l", ""]), show_choices=False, err=True,
        )  # fmt: skip
    except click.Abort:
        return None
    return _CHOICES.get(given)
