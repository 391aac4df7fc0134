"""No gate asks how a file is laid out: what a rule finds passes in every spacing that means the same."""

import ast
from collections.abc import Sequence

import pytest

from cellwall.check.engine import check_module, check_source
from cellwall.check.file_kind import file_kind
from cellwall.check.gate import GatedSource
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import Rule
from cellwall.check.rule_gates import gates
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings
from tests.check.spacing import layouts

APP = "from fastapi import Depends, FastAPI\n\napp = FastAPI()\n\n\n"
NOTE = "class Note(Base):\n    id = Column(Integer)\n    user_id = Column(Integer)\n\n\n"
OTHER_WORDS = {
    "CW201": APP + "last = {}\n\n\n@app.post('/')\ndef keep(text: str):\n    last['text'] += text\n",
    "CW406": APP + NOTE + "@app.post('/')\ndef keep(text: str, user=Depends(get_user)):\n"
    "    note = Note(text=text)\n    db.merge(note)\n",
    "CW407": "def find(db):\n    return db.execute('SELECT * FROM NOTE WHERE USER_ID=USER_ID')\n",
    "CW504": "async def keep(cache, user):\n    await cache.aset('menu', build(user))\n",
    "CW605": APP + "@app.post('/')\ndef tell(peer_id: str, text: str):\n    server.send(text, to=peer_id)\n",
}  # fmt: skip


@pytest.mark.parametrize("code", OTHER_WORDS)
def test_rare_words_pass_too(code: str, settings: CheckSettings) -> None:
    report = check_source("app/a.py", OTHER_WORDS[code].encode(), settings, ProjectFacts())
    assert [finding.code for finding in report.findings] == [code]


def test_a_connection_is_looked_up_under_any_name(settings: CheckSettings) -> None:
    for kept in ("active", "subscribers", "sids"):
        source = APP + f"@app.post('/')\ndef find(session_id: str):\n    return {kept}  [session_id]\n"
        report = check_source("app/a.py", source.encode(), settings, ProjectFacts())
        assert [finding.code for finding in report.findings] == ["CW605"]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_what_is_found_passes_in_every_layout(rule: Rule, settings: CheckSettings) -> None:
    """Also what other rules find in the examples of this one."""
    by_code = {other.code: (other, gate) for other, gate in gates(settings)}
    for number, example in enumerate(rule.INVALID):
        report = check_source(example.path, example.source.encode(), settings, ProjectFacts())
        found = [by_code[code] for code in sorted({finding.code for finding in report.findings})]
        kind = file_kind(example.path, is_test=settings.is_test_file(example.path))
        for layout, source in layouts(example.source):
            ast.parse(source)
            gated = GatedSource(source.encode(), kind)
            kept_out = [other for other, gate in found if not gated.passes(gate)]
            assert _finds(kept_out, example.path, source, settings) == [], (number, layout, source)


def _finds(rules: Sequence[Rule], path: str, source: str, settings: CheckSettings) -> list[str]:
    """Give the codes of what rules find without their gates."""
    if not rules:
        return []
    module = module_facts(path, source.encode(), ProjectFacts(), is_test=settings.is_test_file(path))
    assert isinstance(module, ModuleFacts)
    return sorted({finding.code for finding in check_module(module, rules, settings)})
