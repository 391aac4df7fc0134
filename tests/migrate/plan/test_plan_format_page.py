"""The page about the format tells the truth: its plan runs, its commands exist, its rules are the code's."""

import re
import tomllib
from pathlib import Path

from click.testing import CliRunner

from cellwall.check.source_tree import MappingSourceTree
from cellwall.cli.main import main
from cellwall.migrate.criteria.two_users import SEEN_THROUGH
from cellwall.migrate.globs import Glob
from cellwall.migrate.plan.lint import lint_plan, lint_repository
from cellwall.migrate.plan.parse import parse_plan
from cellwall.migrate.plan.remark import Kind
from cellwall.migrate.task_status import TaskStatus
from cellwall.migrate.tasks_matched import task_match
from cellwall.project.config import load_project
from cellwall.project.samples import SAMPLE_KEYS
from cellwall.project.test_files import is_test_file

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "plan-format.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"^````markdown\n(.*?)^````$", PAGE, re.M | re.S)


def test_the_example_has_every_part() -> None:
    plan = parse_plan(EXAMPLE, "PLAN.md")
    assert [(agent.number, len(agent.scope), len(agent.tasks)) for agent in plan.agents] == [
        (1, 2, 2),
        (2, 1, 1),
    ]
    parts = (plan.scope_figures, plan.coordination, plan.anti_patterns, plan.success_metrics)
    assert [len(part) for part in parts] == [1, 1, 1, 1]
    assert [len(part) for part in (plan.success_criteria, plan.validation_commands, plan.launch)] == [2, 1, 1]


def test_the_examples_only_remark_is_the_task_for_a_human() -> None:
    files = {
        "shop/carts/tests/test_cart.py": b"cart = CartRegistry.get_cart(1)\n",
        "tests/test_cart_old.py": b"",
        "board/tests/test_board.py": b"from live import WebSocketManager\nboard = WebSocketManager()\n",
    }
    plan = parse_plan(EXAMPLE, "PLAN.md")
    remarks = lint_plan(plan)
    remarks += lint_repository(plan, list(files), MappingSourceTree(files), is_test=is_test_file)
    assert [(remark.kind, remark.message.split("'")[1]) for remark in remarks] == [
        (Kind.NO_CAPABILITY, "Add a test with two shoppers")
    ]


def test_the_commands_of_the_page(tmp_path: Path) -> None:
    path = tmp_path / "PLAN.md"
    path.write_text(EXAMPLE, encoding="utf-8")
    (commands,) = re.findall(r"^```console\n(.*?)^```$", PAGE, re.M | re.S)
    for command in commands.splitlines():
        words = command.replace("PLAN.md", str(path)).replace("--repo .", f"--repo {tmp_path}").split()[1:]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == (2 if "lint" in words else 0), result.output


def test_globs_that_are_said_to_be_equal_reach_the_same() -> None:
    for equal in (["tests/unit/**", "tests/unit/", "tests/unit"], ["**/checkout/**", "checkout"]):
        paths = [
            "tests/unit/a.py",
            "tests/unit/b/c.py",
            "a/checkout/b.py",
            "checkout/c/d.py",
            "checkout_old/a.py",
        ]
        assert len({tuple(filter(Glob(glob).matches, paths)) for glob in equal}) == 1


def test_the_configuration_of_the_page_is_read(tmp_path: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.M | re.S)
    (tmp_path / "pyproject.toml").write_text("".join(blocks), encoding="utf-8")
    project = load_project(tmp_path)
    assert set(tomllib.loads(blocks[0])["tool"]["cellwall"]["samples"]) == set(SAMPLE_KEYS)
    assert (project.critical, project.benchmark[0]) == (("tests/checkout/**",), "python")


def test_the_task_that_is_shown_is_taken_for_what_the_page_says() -> None:
    (sentence,) = re.findall(r"^    12  task  (.*)$", PAGE, re.M)
    found = task_match(sentence)
    assert f"-> {found.capability} (by the words: {', '.join(found.words)}):" in PAGE
    assert found.does[0] in PAGE


def test_every_status_of_a_task_and_every_role_that_is_seen_through_another_is_told() -> None:
    assert set(re.findall(r"^\| ([a-z ]+) \| ", PAGE, re.M)) >= set(TaskStatus) - {TaskStatus.OPEN}
    text = " ".join(PAGE.split())
    assert all(f"`{role}` through `{shown}`" in text for role, shown in SEEN_THROUGH.items())
