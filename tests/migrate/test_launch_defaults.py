"""The plan's launch commands become a run's defaults; what cannot be read is told, not fatal."""

from pathlib import Path

import pytest

from cellwall.migrate.launch_defaults import LaunchDefaults, launch_defaults
from cellwall.migrate.plan.parse import parse_plan, read_plan

REWORDED = Path(__file__).resolve().parents[1] / "fixtures" / "plans" / "reworded_plan.md"


def _defaults(*commands: str) -> LaunchDefaults:
    lines = "\n".join(commands)
    return launch_defaults(parse_plan(f"# P\n## Agent 1: A\n# Launch\n```bash\n{lines}\n```\n", "PLAN.md"))


def test_both_commands_are_merged_and_the_later_one_counts() -> None:
    assert launch_defaults(read_plan(REWORDED)) == LaunchDefaults(
        agents=5,
        pattern="request_isolation",
        parallel=False,
        timeout=900.0,
        fail_fast=True,
        notes=(f"{REWORDED}:184: no run has the option --colour",),
    )


def test_a_plan_without_launch_commands_says_nothing() -> None:
    assert launch_defaults(parse_plan("## Agent 1: A\n", "PLAN.md")) == LaunchDefaults()


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ("--agents 12", "agents", 12),
        ("--agents=12", "agents", 12),
        ("--parallel", "parallel", True),
        ("--parallel false", "parallel", False),
        ("--sequential", "parallel", False),
        ("--timeout 1.5", "timeout", 1.5),
        ("--validate-continuously", "validate_continuously", True),
        ("--no-validate-continuously", "validate_continuously", False),
        ("--validate-after-update FALSE", "validate_after_update", False),
        ("--no-validate-after-update", "validate_after_update", False),
        ("--report-interval 5", "report_interval", 5.0),
        ("--fail-fast false", "fail_fast", False),
        ("--pattern 'a b'", "pattern", "a b"),
    ],
)
def test_each_option(options: str, name: str, value: object) -> None:
    defaults = _defaults(f"go {options}")
    assert getattr(defaults, name) == value
    assert defaults.notes == ()


@pytest.mark.parametrize(
    "option",
    [
        "--agents many",
        "--agents 0",
        "--agents 65",
        "--agents ٣",
        "--agents 99999999999999999999",
        "--timeout soon",
        "--timeout nan",
        "--timeout inf",
        "--timeout -5",
        "--report-interval 0",
        "--fail-fast maybe",
        "--pattern",
    ],
)
def test_a_value_that_cannot_be_read_is_told_and_left_out(option: str) -> None:
    name = option.partition(" ")[0]
    defaults = _defaults("first", f"go {option}")
    assert [note.startswith(f"PLAN.md:6: {name} ") for note in defaults.notes] == [True]
    assert defaults == LaunchDefaults(notes=defaults.notes)


def test_unknown_options_are_told_with_their_line() -> None:
    assert _defaults("go --agents 3 --wings two").notes == ("PLAN.md:5: no run has the option --wings",)
