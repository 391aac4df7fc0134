"""`cellwall rule` explains each rule completely, and says so when there is none."""

import json

import pytest
from click.testing import CliRunner, Result

from cellwall.check.documentation import HEADINGS, documentation_of
from cellwall.check.rule_registry import every_rule
from cellwall.cli.main import main


def rule(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rule", *arguments])


def test_by_code_and_by_name() -> None:
    by_code, by_name = rule("cw103"), rule("shared-session")
    assert by_code.exit_code == 0
    assert by_code.output == by_name.output
    assert by_code.output.startswith("CW103 shared-session (plans, error, stable, safe repair)\n")
    for heading in HEADINGS:
        assert f"\n{heading}:\n" in by_code.output


def test_without_a_name_all_are_listed() -> None:
    lines = rule().output.splitlines()
    assert [line.split()[0] for line in lines] == [each.code for each in every_rule()]


def test_all_as_json() -> None:
    fields = json.loads(rule("--all", "--format", "json").output)
    assert [each["code"] for each in fields] == [each.code for each in every_rule()]
    assert fields[0]["sections"].keys() == set(HEADINGS)
    assert json.loads(rule("--format", "json", "CW101").output)[0]["fix"] == "safe"


def test_markdown() -> None:
    text = rule("CW103", "--format", "markdown").output
    assert text.startswith("## CW103 shared-session\n")
    assert "### Example\n\n```python\nclass TestService:" in text


def test_an_unknown_rule() -> None:
    result = rule("CW999")
    assert result.exit_code == 2
    assert "no rule is called 'CW999'" in result.stderr


@pytest.mark.parametrize("each", every_rule(), ids=lambda each: each.code)
def test_every_rule_has_every_section(each: object) -> None:
    text = documentation_of(each)  # type: ignore[arg-type]
    assert text.summary.endswith(".")
    assert all(text.sections[heading].strip() for heading in HEADINGS)
