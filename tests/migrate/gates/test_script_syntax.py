"""Changed scripts: by their grammar, and by node where it is there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.parses import ParsesGate
from cellwall.project.environment import Completed

TEST = "import { test } from 'node:test';\ntest('a', () => {});\n"


def test_scripts_that_parse_pass(make_subject: Callable[..., Subject]) -> None:
    verdict = ParsesGate().judge(make_subject({"a.test.ts": TEST}, {"a.test.ts": TEST + "let a: number;\n"}))
    assert verdict.passed
    assert verdict.evidence == "1 changed scripts parse (node was not asked)"
    assert verdict.figures["scripts"] == {"files": 1, "by_node": 0}


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (TEST, TEST + "let = ;\n", "a.test.mjs: no longer parses (line 3: invalid syntax)"),
        ("let = ;\n", TEST, "a.test.mjs: did not parse before (line 1), so it may not be edited"),
    ],
)
def test_scripts_that_do_not_parse(
    make_subject: Callable[..., Subject], before: str, after: str, why: str
) -> None:
    verdict = ParsesGate().judge(make_subject({"a.test.mjs": before}, {"a.test.mjs": after}))
    assert (verdict.passed, verdict.evidence) == (False, why)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here: it was NOT asked")
def test_node_objects_to_more_than_the_grammar(make_subject: Callable[..., Subject]) -> None:
    after = TEST + "let a = 1;\nlet a = 2;\n"
    verdict = ParsesGate().judge(make_subject({"a.test.mjs": TEST}, {"a.test.mjs": after}))
    assert not verdict.passed
    assert "Identifier 'a' has already been declared" in verdict.evidence


def test_without_node_the_grammar_decides(
    make_subject: Callable[..., Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = make_subject({"a.test.mjs": TEST}, {"a.test.mjs": TEST + "let a = 1;\n"})
    run = type(subject.environment).run

    def no_node(self: object, argv: list[str], *, cwd: Path, **more: object) -> Completed:
        gone = Completed(127, "", "", False, False, 0.0)
        return gone if argv[0] == "node" else run(self, argv, cwd=cwd, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(subject.environment), "run", no_node)
    verdict = ParsesGate().judge(subject)
    assert verdict.passed
    assert "node was not asked" in verdict.evidence
