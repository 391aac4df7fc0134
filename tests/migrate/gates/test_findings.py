"""The findings gate: repairs hold, nothing new, nothing silenced."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cellwall.check.fixer import fix_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate.batch import Site
from cellwall.migrate.gates.findings import FindingsGate
from cellwall.migrate.gates.gate import Subject

PATH = "tests/test_a.py"
LEGACY = """from shop.agents import AgentRegistry


def test_one(user_context):
    agent = AgentRegistry.get_agent("one")
    assert agent


def test_two(user_context):
    agent = AgentRegistry.get_agent("two")
    assert agent
"""
IMPORT = "from cellwall import agent_instance_factory\n"
ONE = LEGACY.replace(
    'AgentRegistry.get_agent("one")', 'agent_instance_factory.create_agent("one", user_context)'
)
BOTH = IMPORT + ONE.replace(
    'AgentRegistry.get_agent("two")', 'agent_instance_factory.create_agent("two", user_context)'
)
RULE = "global-registry-access"


def site(line: int, path: str = PATH) -> Site:
    return Site(path, line, RULE, "CW101")


@pytest.fixture
def make(make_subject: Callable[..., Subject]) -> Callable[..., Subject]:
    """Make a subject whose patch claims repairs at these lines."""

    def build(after: str, *sites: Site, before: str = LEGACY) -> Subject:
        subject = make_subject({PATH: before}, {PATH: after})
        return replace(subject, patch=replace(subject.patch, repaired=sites), facts=ProjectFacts())

    return build


def test_repairs_that_hold_pass(make: Callable[..., Subject]) -> None:
    verdict = FindingsGate().judge(make(BOTH, site(5), site(10)))
    assert verdict.passed, verdict.evidence
    assert verdict.figures["before"] == {RULE: 2}
    assert verdict.figures["after"] == {}


def test_one_of_two_repaired_passes(make: Callable[..., Subject]) -> None:
    assert FindingsGate().judge(make(IMPORT + ONE, site(5))).passed


def test_lines_may_move(make: Callable[..., Subject]) -> None:
    assert FindingsGate().judge(make("\n\n\n" + IMPORT + ONE, site(5))).passed


def test_a_repair_that_is_only_said_is_refused(make: Callable[..., Subject]) -> None:
    verdict = FindingsGate().judge(make(IMPORT + ONE, site(5), site(10)))
    assert not verdict.passed
    assert "still there, though said to be repaired" in verdict.evidence
    assert f"{PATH}:11:" in verdict.evidence


def test_a_new_finding_is_refused(make: Callable[..., Subject]) -> None:
    more = BOTH + '\n\ndef test_three():\n    agent = AgentRegistry.get_agent("three")\n    assert agent\n'
    verdict = FindingsGate().judge(make(more, site(5), site(10)))
    assert not verdict.passed
    assert "is " in verdict.evidence
    assert RULE in verdict.evidence


def test_an_exchange_is_refused(make: Callable[..., Subject]) -> None:
    after = (
        IMPORT
        + ONE
        + '\n\ndef test_three():\n    agent = AgentRegistry.get_agent("three")\n    assert agent\n'
    )
    assert not FindingsGate().judge(make(after, site(5))).passed


def test_silencing_is_no_repair(make: Callable[..., Subject]) -> None:
    silent = LEGACY.replace('get_agent("one")', f'get_agent("one")  # cellwall: allow[{RULE}] it is fine')
    assert "still there" in FindingsGate().judge(make(silent, site(5))).evidence
    assert "silenced" in FindingsGate().judge(make(silent)).evidence


def test_a_claim_in_a_file_that_does_not_change_is_refused(make: Callable[..., Subject]) -> None:
    verdict = FindingsGate().judge(make(IMPORT + ONE, site(5), site(5, "tests/test_b.py")))
    assert "tests/test_b.py:5: said to be repaired" in verdict.evidence


def test_more_claims_than_findings_are_refused(make: Callable[..., Subject]) -> None:
    verdict = FindingsGate().judge(make(BOTH, site(5), site(10), site(11)))
    assert "3 sites of global-registry-access said to be repaired, there were 2" in verdict.evidence


def test_findings_in_a_new_file_are_new(make_subject: Callable[..., Subject]) -> None:
    verdict = FindingsGate().judge(make_subject({}, {PATH: LEGACY}))
    assert not verdict.passed
    assert "is new" in verdict.evidence


def test_facts_are_collected_where_none_are_given(make_subject: Callable[..., Subject]) -> None:
    shop = {"shop/agents.py": "class AgentRegistry: ...\nagents = AgentRegistry()\n"}
    call = "from shop.agents import agents\n\ndef test_a():\n    assert agents.get_agent('x')\n"
    verdict = FindingsGate().judge(make_subject({**shop}, {**shop, PATH: call}))
    assert "is new" in verdict.evidence


def test_what_the_fixer_writes_passes(make: Callable[..., Subject]) -> None:
    subject = make(BOTH)
    settings = CheckSettings.from_project(subject.project)
    fixed = fix_source(PATH, LEGACY.encode(), settings, ProjectFacts())
    sites = [Site(PATH, finding.line, finding.rule, finding.code) for finding in fixed.repaired]
    assert len(sites) == 2
    assert FindingsGate().judge(make(fixed.source.decode(), *sites)).passed
